//! Writes the tables and code bytes that the library includes as constants. Each has a file in
//! `build/`.

#[path = "build/aliases.rs"]
mod aliases;
#[path = "build/embed.rs"]
mod embed;
#[path = "build/instructions.rs"]
mod instructions;
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/names.rs"]
mod names;
#[path = "build/rank.rs"]
mod rank;
#[allow(dead_code, unreachable_pub, reason = "the build uses a part of it")]
#[path = "src/asm/syntax/table/row.rs"]
mod row;
#[path = "build/stubs.rs"]
mod stubs;
#[path = "build/write.rs"]
mod write;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in ["build.rs", "build", "src/asm/syntax/table/row.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    embed::write(&out)?;
    stubs::write(&out.join("stubs.rs"))?;
    std::fs::write(out.join("instructions.rs"), write::tables(&instructions::collect()))?;
    Ok(())
}
