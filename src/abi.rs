//! The port ABI, version 1: the contract between a guest and its host, as data.
//!
//! One row per port. The machine acts on these numbers and the documentation repeats them; there
//! is no behaviour here, and nothing about how a port is served.

use std::fmt::Write as _;

/// The version that port VERSION answers.
pub const VERSION: u32 = 1;

/// The ports of the ABI.
pub mod port {
    /// Next byte of standard input.
    pub const STDIN: u16 = 0xE0;
    /// To standard output.
    pub const STDOUT: u16 = 0xE1;
    /// To standard error.
    pub const STDERR: u16 = 0xE2;
    /// Ends the applet.
    pub const EXIT: u16 = 0xE3;
    /// Reads a buffer.
    pub const READ: u16 = 0xE4;
    /// Writes a buffer to standard output.
    pub const WRITE: u16 = 0xE5;
    /// Writes a buffer to standard error.
    pub const WRITE_ERR: u16 = 0xE6;
    /// Next byte of the arguments.
    pub const ARGS: u16 = 0xE7;
    /// Microseconds since boot.
    pub const CLOCK: u16 = 0xE8;
    /// To standard output.
    pub const DEBUG: u16 = 0xE9;
    /// Random bits.
    pub const RANDOM: u16 = 0xEA;
    /// Whether input is ready or ended.
    pub const STATUS: u16 = 0xEB;
    /// The version of this ABI.
    pub const VERSION: u16 = 0xEC;
    /// First of the eight registers of the serial port.
    pub const COM1: u16 = 0x3F8;
    /// Last of the eight registers of the serial port.
    pub const COM1_LAST: u16 = 0x3FF;
}

/// Which way a port moves data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The guest reads it.
    In,
    /// The guest writes it.
    Out,
    /// Both.
    Both,
}

/// One row of the ABI.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// First port number.
    pub first: u16,
    /// Last port number; the same for all but COM1.
    pub last: u16,
    /// Its name, as in the documentation and in `stdlib/abi.inc`.
    pub name: &'static str,
    /// Which instruction it serves.
    pub direction: Direction,
    /// What it does, in one line.
    pub summary: &'static str,
}

const fn row(number: u16, name: &'static str, direction: Direction, summary: &'static str) -> Port {
    Port { first: number, last: number, name, direction, summary }
}

/// Every port that the host serves, in order of number.
pub const PORTS: &[Port] = &[
    row(
        port::STDIN,
        "STDIN",
        Direction::In,
        "next byte of standard input; 0, or all ones in ax and eax, at its end",
    ),
    row(port::STDOUT, "STDOUT", Direction::Out, "1, 2 or 4 bytes to standard output"),
    row(port::STDERR, "STDERR", Direction::Out, "1, 2 or 4 bytes to standard error"),
    row(port::EXIT, "EXIT", Direction::Out, "ends the applet with this code"),
    row(
        port::READ,
        "READ",
        Direction::In,
        "reads up to (e/r)cx bytes into es:(e/r)di; gives how many, 0 at the end",
    ),
    row(
        port::WRITE,
        "WRITE",
        Direction::In,
        "writes (e/r)cx bytes at ds:(e/r)si to standard output; gives how many",
    ),
    row(port::WRITE_ERR, "WRITE_ERR", Direction::In, "the same, to standard error"),
    row(port::ARGS, "ARGS", Direction::In, "next byte of the arguments, each ended by a NUL"),
    row(port::CLOCK, "CLOCK", Direction::In, "microseconds since boot"),
    row(port::DEBUG, "DEBUG", Direction::Out, "same as STDOUT"),
    row(port::RANDOM, "RANDOM", Direction::In, "random bits"),
    row(
        port::STATUS,
        "STATUS",
        Direction::In,
        "bit 0: a byte of input is ready; bit 1: its end is reached",
    ),
    row(port::VERSION, "VERSION", Direction::In, "the version of this ABI"),
    Port {
        first: port::COM1,
        last: port::COM1_LAST,
        name: "COM1",
        direction: Direction::Both,
        summary: "enough of a 16550 to poll and move bytes",
    },
];

/// The ports as NASM source: the text of `stdlib/abi.inc`.
#[must_use]
pub fn nasm_include() -> String {
    let mut text = format!(
        "; The ports of applet's ABI, version {VERSION}, by name.\n\
         ; Made from the table in src/abi.rs: change it there.\n\
         %ifndef APPLET_ABI\n%define APPLET_ABI {VERSION}\n\n"
    );
    for port in PORTS {
        let direction = match port.direction {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::Both => "in, out",
        };
        let (name, number) = (port.name, format!("{:#X}", port.first).replace("0X", "0x"));
        let _ = writeln!(text, "{name:<9} equ {number:<6} ; {direction}: {}", port.summary);
    }
    text.push_str("\n%endif\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_include_file_is_made_from_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/stdlib/abi.inc");
        if std::env::var_os("APPLET_BLESS").is_some() {
            std::fs::write(path, nasm_include()).unwrap();
        }
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(file, nasm_include(), "APPLET_BLESS=1 cargo test writes {path}");
    }

    #[test]
    fn ports_are_in_order_and_do_not_overlap() {
        assert!(PORTS.iter().all(|p| p.first <= p.last));
        assert!(PORTS.windows(2).all(|w| w[0].last < w[1].first));
    }
}
