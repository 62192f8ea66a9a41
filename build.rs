//! Writes the constant tables that the library includes. Each table has a module of its own under
//! `build/`; this file only calls them, and knows nothing of what is in them.

#[path = "build/aliases.rs"]
mod aliases;
#[path = "build/instructions.rs"]
mod instructions;
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/names.rs"]
mod names;
#[path = "build/rank.rs"]
mod rank;
#[allow(dead_code, unreachable_pub, reason = "the library uses more of it than the build does")]
#[path = "src/asm/table/row.rs"]
mod row;
#[path = "build/write.rs"]
mod write;

fn main() {
    for path in ["build.rs", "build", "src/asm/table/row.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let text = write::tables(&instructions::collect());
    std::fs::write(std::path::Path::new(&folder).join("instructions.rs"), text)
        .expect("OUT_DIR can be written");
}
