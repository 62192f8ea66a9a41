//! Arbitrary text to the assembler: it must neither panic, nor hang, nor grow without bound.
//!
//! Knows nothing of what the text should mean; there are no files to include.
//!
//! `cargo fuzz` wants flags that only a nightly compiler takes, or any one that is told to:
//!
//! ```sh
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none assemble fuzz/corpus tests/asm/corpus -- \
//!     -dict=fuzz/assemble.dict -fork=1 -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
//!     -max_total_time=3600
//! ```

#![no_main]

use applet::internal::asm::{Included, Options, Resolver, assemble};
use applet::internal::diagnostic::Sources;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

/// No files.
struct Nothing;

impl Resolver for Nothing {
    fn include(&self, _name: &str, _from: Option<&Path>) -> Result<Included, String> {
        Err("there are no files".to_owned())
    }

    fn binary(&self, _name: &str, _from: Option<&Path>) -> Result<Vec<u8>, String> {
        Err("there are no files".to_owned())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut sources = Sources::new();
    let main = sources.add("fuzz.asm", None, text);
    let options = Options { debug_info: true, ..Options::default() };
    let diagnostics = match assemble(&mut sources, main, &Nothing, &options) {
        Ok(assembly) => assembly.warnings,
        Err(diagnostics) => diagnostics,
    };
    for diagnostic in &diagnostics {
        // Every place that is named can be shown.
        let _ = sources.position(diagnostic.span);
        for note in &diagnostic.notes {
            let _ = sources.position(note.span);
        }
    }
});
