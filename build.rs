//! Makes, before compilation, the tables and code bytes that the library has as constants.
//! It knows only the list of what is made; each has a file of its own in `build/`.

#[path = "build/stubs.rs"]
mod stubs;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    stubs::write(&out.join("stubs.rs"))?;
    Ok(())
}
