//! The two programs that this project grew from, as bytes, as source, and as C.
//!
//! The bytes are the reference; the sources beside this file have to give the same.

use super::support::{Ended, applet, program};
use crate::support::{Needs, Tests, add};
use libtest_mimic::Failed;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        four_as_bytes,
        four_as_source,
        plus_one_as_bytes,
        plus_one_as_source,
        plus_one_as_c,
    );
}

/// Real mode, at 0x1000: prints the sum of ax and bx to the serial port.
const FOUR: &[u8] = b"\xBA\xF8\x03\x00\xD8\x04\x30\xEE\xB0\x0A\xEE\xF4";

/// Protected mode, at 0: answers each byte with the next one, and halts at 42.
const PLUS_ONE: &[u8] = b"\xBF\x28\0\0\0\xBA\xE0\0\0\0\x6C\x80\x3D\x28\0\0\0\x2A\x74\x13\xFE\x05\
    \x28\0\0\0\xBE\x28\0\0\0\xBA\xE1\0\0\0\x6E\xEB\xD9\xF4\0";

const SUM: [&str; 4] = ["--reg", "ax=2", "--reg", "bx=2"];

/// The answer of the second program to some bytes, all values but 42 among them.
fn check_plus_one(run: impl Fn(&[u8]) -> Result<Ended, Failed>) -> Result<(), Failed> {
    run(b"HAL*never read")?.status(0)?.quiet()?.stdout("IBM")?;
    let all: Vec<u8> = (0..=255).filter(|&byte| byte != 42).collect();
    let answer: Vec<u8> = all.iter().map(|byte| byte.wrapping_add(1)).collect();
    run(&[&all[..], b"*"].concat())?.status(0)?.quiet()?.stdout(answer)?;
    run(b"*")?.status(0)?.quiet()?.stdout("")?;
    Ok(())
}

fn run_raw(file: &Path, flags: &[&str], input: &[u8]) -> Result<Ended, Failed> {
    let file = file.to_str().ok_or("a path that is no text")?;
    applet([&["run", "--raw"], flags, &[file]].concat(), input)
}

fn four_as_bytes() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let file = folder.path().join("four.bin");
    std::fs::write(&file, FOUR)?;
    let flags = [&["--mode", "real", "--org", "0x1000"], &SUM[..]].concat();
    run_raw(&file, &flags, b"")?.status(0)?.quiet()?.stdout("4\n")?;
    Ok(())
}

fn four_as_source() -> Result<(), Failed> {
    let file = program("four.asm");
    let file = file.to_str().ok_or("a path that is no text")?;
    applet(["asm", file, "-o", "-"], b"")?.status(0)?.stdout(FOUR)?;
    let line = [&["run", "--org", "0x1000"], &SUM[..], &[file]].concat();
    applet(line, b"")?.status(0)?.quiet()?.stdout("4\n")?;
    Ok(())
}

fn plus_one_as_bytes() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let file = folder.path().join("plus_one.bin");
    std::fs::write(&file, PLUS_ONE)?;
    check_plus_one(|input| run_raw(&file, &["--mode", "protected", "--org", "0"], input))
}

fn plus_one_as_source() -> Result<(), Failed> {
    let file = program("plus_one.asm");
    let file = file.to_str().ok_or("a path that is no text")?;
    applet(["asm", file, "-o", "-"], b"")?.status(0)?.stdout(PLUS_ONE)?;
    check_plus_one(|input| applet(["run", file], input))
}

fn plus_one_as_c() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let elf = folder.path().join("plus_one.elf");
    let flat = folder.path().join("plus_one.bin");
    let compile = Command::new("cc")
        .args(["-m32", "-O1", "-ffreestanding", "-nostdlib", "-static", "-fno-pic", "-no-pie"])
        .args(["-fcf-protection=none", "-fno-stack-protector", "-fno-asynchronous-unwind-tables"])
        .args(["-Wl,-Ttext=0,--build-id=none", "-o"])
        .args([&elf, &program("plus_one.c")])
        .output()?;
    if !compile.status.success() {
        return Err(String::from_utf8_lossy(&compile.stderr).into_owned().into());
    }
    let flatten = Command::new("objcopy")
        .args(["-O", "binary", "-j", ".text"])
        .args([&elf, &flat])
        .output()?;
    if !flatten.status.success() {
        return Err(String::from_utf8_lossy(&flatten.stderr).into_owned().into());
    }
    check_plus_one(|input| run_raw(&flat, &["--mode", "protected", "--org", "0"], input))
}
