//! `applet` assembles a tiny x86 program in NASM syntax, boots it in a fresh virtual machine and
//! connects it to standard input, standard output and the exit code.
//!
//! # The way of the data
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

pub use diagnostic::Span;
pub use driver::{Applet, Error, Report};
pub use image::{Bits, Mode, UnknownBits};
pub use machine::config::BackendChoice;
pub use machine::outcome::{Fault, Help, HostError, Outcome, Stats};

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
