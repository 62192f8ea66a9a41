//! `applet` assembles a tiny x86 program in NASM syntax, boots it in a fresh virtual machine and
//! connects it to standard input, standard output and the exit code.
//!
//! # The stages
//! ```text
//! source text ─▶ asm ─▶ image ─▶ machine ─▶ outcome
//! ```
//!
//! [`Applet`] joins the stages:
//! ```
//! use applet::{Applet, Outcome};
//!
//! let text = "bits 64\n in al, 0xE0\n inc al\n out 0xE3, al\n";
//! let report = Applet::text(text).input("A").run()?;
//! assert_eq!(report.outcome, Outcome::Exited(b'B'));
//! # Ok::<(), applet::Error>(())
//! ```
//!
//! With the feature `code-asm`, the program can come from iced's code assembler. The same program in
//! both forms has the same bytes:
#![cfg_attr(feature = "code-asm", doc = "```")]
#![cfg_attr(not(feature = "code-asm"), doc = "```ignore")]
//! use applet::Applet;
//! use iced_x86::code_asm::{CodeAssembler, registers::*};
//!
//! let mut text = Applet::text(              "
//!                                           bits 64
//!                                           next:
//!                                             in ax, 0xE0
//!                                             test ax, ax
//!                                             js end
//!                                             xor al, 0x20
//!                                             out 0xE1, al
//!                                             jmp next
//!                                           end:
//!                                             hlt
//!                                           ");
//!
//! let mut a = CodeAssembler::new(64)?;      // bits 64
//! let (mut next, mut end) = (a.create_label(), a.create_label());
//! a.set_label(&mut next)?;                  // next:
//! a.in_(ax, 0xE0)?;                         //   in ax, 0xE0
//! a.test(ax, ax)?;                          //   test ax, ax
//! a.js(end)?;                               //   js end
//! a.xor(al, 0x20)?;                         //   xor al, 0x20
//! a.out(0xE1, al)?;                         //   out 0xE1, al
//! a.jmp(next)?;                             //   jmp next
//! a.set_label(&mut end)?;                   // end:
//! a.hlt()?;                                 //   hlt
//! let mut code = Applet::code(a).input("Hello");
//!
//! assert_eq!(text.assemble()?.bytes, code.assemble()?.bytes);
//! assert_eq!(code.run()?.stdout, b"hELLO");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/embedding.md` shows the rest.
//!
//! # The layers
//! A module uses only modules of a lower layer; `tests/it/tidy.rs` checks it.
//!
//! | layer | module | holds |
//! |---|---|---|
//! | 0 | `diagnostic` | sources, spans, messages, their rendering |
//! | 0 | `abi` | ports, version, layouts: the contract with the guest, as data |
//! | 1 | `image` | the assembled bytes with what is known about them |
//! | 2 | `asm` | text to image |
//! | 2 | `machine` | image to outcome |
//! | 2 | `applet` | the applet file: metadata, what it may include, the library |
//! | 3 | `driver` | applet to outcome, all stages on one page |
//! | 4 | `golden` | cases of input and expected output |
//! | 5 | `share` | an applet as one text that needs nothing else |
//! | 6 | `repl` | a session: entries, snapshots, commands |
//! | 7 | `cli` | the command line, and all that is printed |
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod abi;
mod applet;
mod asm;
mod boot_sector;
#[cfg(feature = "cli")]
mod cli;
mod diagnostic;
mod driver;
mod golden;
mod image;
mod machine;
#[cfg(all(unix, feature = "cli"))]
mod repl;
mod share;

pub use abi::{Direction, PORTS, Port};
pub use diagnostic::{Diagnostic, FileId, Note, Position, Severity, Source, Sources, Span};
pub use driver::{Applet, Error, Report, SourceError};
pub use image::{Bits, Image, Line, Mode, Symbol, UnknownBits};
pub use machine::config::BackendChoice;
pub use machine::outcome::{Fault, Help, HostError, Outcome, Stats};
pub use machine::state::registers::Registers;

/// The modules of this package, for its own binary, tests, benches and fuzz targets.
///
/// This is not part of the interface: anything in it may change in any release.
#[doc(hidden)]
pub mod internal {
    pub mod abi {
        pub use crate::abi::*;
    }
    pub mod applet {
        pub use crate::applet::*;
    }
    pub mod asm {
        pub use crate::asm::*;
    }
    #[cfg(feature = "cli")]
    pub mod cli {
        pub use crate::cli::*;
    }
    pub mod diagnostic {
        pub use crate::diagnostic::*;
    }
    pub mod driver {
        pub use crate::driver::*;
    }
    pub mod golden {
        pub use crate::golden::*;
    }
    pub mod image {
        pub use crate::image::*;
    }
    pub mod machine {
        pub use crate::machine::*;
    }
    #[cfg(all(unix, feature = "cli"))]
    pub mod repl {
        pub use crate::repl::*;
    }
    pub mod share {
        pub use crate::share::*;
    }
}

/// Runs the examples of docs/embedding.md.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
struct Embedding;
