//! The build script: writes the tables that are made before compilation. Knows nothing of what the
//! crate does with them.

#[path = "build/embed.rs"]
mod embed;

fn main() -> std::io::Result<()> {
    embed::write()
}
