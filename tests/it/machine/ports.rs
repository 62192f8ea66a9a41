//! The port ABI, port by port, and the ways of descriptors.
//!
//! Knows nothing of how ports are served.

use super::Case;
use super::support::{detail, guest, output};
use applet::internal::machine::config::{Input, Output, Ports};
use applet::internal::machine::outcome::Outcome;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

pub(crate) const CASES: &[Case] = &[
    ("ports: READ and WRITE copy a MiB in each mode", cat),
    ("ports: STDIN and STDOUT copy byte by byte", cat_bytes),
    ("ports: STDIN by operand width", stdin_widths),
    ("ports: rep insb fills up with zeros", rep_insb),
    ("ports: rep insw and outsd", rep_insw),
    ("ports: ARGS", args),
    ("ports: CLOCK goes forward", clock),
    ("ports: RANDOM is repeatable with a seed", random),
    ("ports: STATUS and VERSION", status),
    ("ports: COM1 is a serial port", serial),
    ("ports: outputs keep their order", order),
    ("ports: output is flushed before input is read", prompt),
    ("ports: output of a busy guest is flushed in time", busy),
    ("ports: unknown ports on request read ones and take anything", ignored),
    ("ports: unknown ports are faults", unknown),
    ("ports: a bad buffer is a fault that moves nothing", bad_buffers),
    ("ports: a count is clamped to the operand", clamped),
    ("ports: segments count", segments),
    ("ports: buffers go through the guest's paging", paging),
    ("ports: READ from a pipe gives what is there", short_read),
    ("ports: descriptors that do not block are waited for", non_blocking),
    ("ports: files as streams", files),
    ("ports: a closed standard output ends quietly", closed_output),
    ("ports: a closed standard error does not matter", closed_error),
    ("ports: an unreadable input is the host's error", unreadable),
];

fn random_bytes(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

fn cat() {
    for name in ["cat16", "cat32", "cat64"] {
        for length in [0, 1, 0x4000, 1 << 20, (1 << 20) + 7] {
            let bytes = random_bytes(length);
            assert!(guest(name).input(bytes.clone()).halts() == bytes, "{name} {length}");
        }
    }
}

fn cat_bytes() {
    let bytes = random_bytes(50_000);
    assert!(guest("catbytes64").input(bytes.clone()).halts() == bytes);
    assert_eq!(guest("catbytes64").halts(), b"");
}

fn stdin_widths() {
    // al, then ax zero-extended in eax with its upper half kept, then the end in each width.
    let expected = b"A\x42\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0".to_vec();
    assert_eq!(guest("stdin_widths64").input("AB").halts(), expected);
}

fn rep_insb() {
    let mut expected = random_bytes(3000);
    let input = expected.clone();
    expected.resize(5000, 0);
    assert!(guest("insb64").input(input).halts() == expected);
}

fn rep_insw() {
    assert_eq!(guest("insw64").input("AB").halts(), b"A\0B\0\xFF\xFFA\0B\0");
}

fn args() {
    let args = vec![b"one".to_vec(), Vec::new(), b"\xFFthree".to_vec()];
    assert_eq!(guest("args64").config(|c| c.args = args).halts(), b"one\0\0\xFFthree\x000");
    assert_eq!(guest("args64").halts(), b"0");
}

fn clock() {
    assert_eq!(guest("clock64").exits(), 0);
}

fn random() {
    let draw = |seed| guest("random64").config(|c| c.seed = seed).halts();
    assert_eq!(draw(Some(1)), draw(Some(1)));
    assert_ne!(draw(Some(1)), draw(Some(2)));
    assert_ne!(draw(None), draw(None));
    assert_ne!(draw(Some(1))[..4], draw(Some(1))[4..8]);
}

fn status() {
    assert_eq!(guest("status64").input("x").halts(), b"121");
    assert_eq!(guest("status64").input("xy").halts(), b"111");
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"x").unwrap();
    drop(writer);
    let mut run = guest("status64");
    run.io.input = Input::File(File::from(OwnedFd::from(reader)));
    assert_eq!(run.halts(), b"121");
}

fn serial() {
    assert_eq!(guest("serial64").input("line\n").halts(), b"3line\n");
}

fn order() {
    assert_eq!(guest("order64").halts(), b"acde");
    let mut run = guest("order64");
    let mut file = tempfile::tempfile().unwrap();
    run.io.output = Output::File(file.try_clone().unwrap());
    run.io.error = Output::File(file.try_clone().unwrap());
    assert_eq!(run.try_run().unwrap().outcome, Outcome::Halted);
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "abcdde");
}

/// Runs a guest whose input and output are pipes; `host` is the other end of both.
fn with_pipes(name: &str, host: impl FnOnce(std::io::PipeWriter, std::io::PipeReader)) -> Outcome {
    with_pipes_for(None, name, host)
}

/// With a time limit for the guest.
fn with_pipes_for(
    timeout: Option<Duration>,
    name: &str,
    host: impl FnOnce(std::io::PipeWriter, std::io::PipeReader),
) -> Outcome {
    let (input, to_guest) = std::io::pipe().unwrap();
    let (from_guest, output) = std::io::pipe().unwrap();
    let mut run = guest(name);
    run.io.input = Input::File(File::from(OwnedFd::from(input)));
    run.io.output = Output::File(File::from(OwnedFd::from(output)));
    if let Some(timeout) = timeout {
        run.config.timeout = Some(timeout);
    }
    std::thread::scope(|scope| {
        let guest = scope.spawn(move || run.try_run().unwrap().outcome);
        host(to_guest, from_guest);
        guest.join().unwrap()
    })
}

fn prompt() {
    let outcome = with_pipes("prompt64", |mut to, mut from| {
        let mut byte = [0];
        from.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b">");
        to.write_all(b"y").unwrap();
        from.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"y");
    });
    assert_eq!(outcome, Outcome::Halted);
}

fn busy() {
    // The byte comes well before the guest ends, which it does only at its limit. On a busy machine
    // a longer limit tells more.
    let comes_early = |limit: Duration| {
        let mut took = Duration::MAX;
        let outcome = with_pipes_for(Some(limit), "slowprinter64", |_to, mut from| {
            let start = Instant::now();
            let mut byte = [0];
            from.read_exact(&mut byte).unwrap();
            assert_eq!(&byte, b"x");
            took = start.elapsed();
        });
        assert!(matches!(outcome, Outcome::TimedOut(_)), "{outcome:?}");
        took < limit * 2 / 3
    };
    assert!([1500, 6000, 24_000].into_iter().map(Duration::from_millis).any(comes_early));
}

fn ignored() {
    let run = guest("ports64").config(|c| c.ports = Ports::Ignore);
    assert_eq!(run.halts(), [0xFF; 6]);
}

fn unknown() {
    let cases = [
        ("unknown_out64", 0x1234, 5, "writing to port 0x1234, which does not exist", "out dx, al"),
        ("unknown_out16", 0x42, 1, "writing to port 0x42, which does not exist", "out 0x42, al"),
        ("unknown_in32", 0x60, 5, "reading from port 0x60, which does not exist", "in al, dx"),
        ("wrong_way64", 0xE0, 0, "port 0xe0 (STDIN) can only be read with `in`", "out 0xe0, al"),
        ("exit_in64", 0xE3, 0, "port 0xe3 (EXIT) can only be written with `out`", "in al, 0xe3"),
    ];
    for (name, port, offset, message, instruction) in cases {
        let run = guest(name);
        let origin = run.image.origin;
        let fault = run.fault();
        assert_eq!(fault.kind, "unknown-port");
        assert_eq!(fault.message, message);
        assert_eq!(detail(&fault, "port"), Some(port));
        assert_eq!(fault.instruction.as_deref(), Some(instruction));
        assert_eq!(fault.address, origin + offset, "{name}");
    }
}

fn bad_buffers() {
    let cases = [
        ("read_4g64", 0x1_0000_0000, 16),
        ("read_end64", 0xFF_FFF0, 17),
        ("read_end32", 0xFF_FFF0, 17),
        ("read_segment16", 0xFFF0, 17),
        ("read_huge64", 0x20_0000, u64::MAX),
        ("write_null64", 0, 1),
        ("read_host64", 0xFFF0_4000, 1),
    ];
    for (name, address, count) in cases {
        let mut run = guest(name).input("input");
        let Outcome::Faulted(fault) = run.try_run().unwrap().outcome else { panic!("{name}") };
        assert_eq!(fault.kind, "bad-buffer");
        assert_eq!(detail(&fault, "address"), Some(address), "{name}");
        assert_eq!(detail(&fault, "count"), Some(count), "{name}");
        let text = fault.instruction.unwrap();
        assert!(text.starts_with("in "), "{name}: {text}");
        assert!(matches!(run.io.input, Input::Bytes(_, 0)), "{name} moved something");
        assert!(output(&run.io.output).is_empty());
    }
    assert_eq!(guest("read_ins64").fault().kind, "bad-buffer");
}

fn clamped() {
    assert_eq!(guest("read_clamp64").input(vec![1; 1000]).exits(), 255);
}

fn segments() {
    assert_eq!(guest("segment16").input("abc").halts(), b"abc");
}

fn paging() {
    // One buffer across two pages that lie apart, then each part by itself, then as a whole.
    let paging = || guest("paging64").config(|c| c.ring = Some(0));
    assert_eq!(paging().input("abcd").halts(), b"abcdabcd");
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"abcd").unwrap();
    let mut run = paging();
    run.io.input = Input::File(File::from(OwnedFd::from(reader)));
    assert_eq!(run.halts(), b"abcdabcd");
}

fn short_read() {
    let outcome = with_pipes("cat64", |mut to, mut from| {
        for part in [&b"one"[..], b"three", b"x"] {
            to.write_all(part).unwrap();
            let mut back = vec![0; part.len()];
            from.read_exact(&mut back).unwrap();
            assert_eq!(back, part);
        }
    });
    assert_eq!(outcome, Outcome::Halted);
}

fn non_blocking() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let (mut from, to) = std::io::pipe().unwrap();
    for fd in [OwnedFd::from(reader.try_clone().unwrap()), OwnedFd::from(to.try_clone().unwrap())] {
        let flags = rustix::fs::fcntl_getfl(&fd).unwrap();
        rustix::fs::fcntl_setfl(&fd, flags | rustix::fs::OFlags::NONBLOCK).unwrap();
    }
    let mut run = guest("cat64");
    run.io.input = Input::File(File::from(OwnedFd::from(reader)));
    run.io.output = Output::File(File::from(OwnedFd::from(to)));
    let bytes = random_bytes(1 << 20);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(120));
            writer.write_all(&bytes).unwrap();
            drop(writer);
        });
        let reader = scope.spawn(move || {
            let mut back = Vec::new();
            std::thread::sleep(std::time::Duration::from_millis(200));
            from.read_to_end(&mut back).unwrap();
            back
        });
        assert_eq!(run.try_run().unwrap().outcome, Outcome::Halted);
        drop(run);
        assert!(reader.join().unwrap() == bytes);
    });
}

fn files() {
    let bytes = random_bytes(3 << 20);
    let (mut from, mut to) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    from.write_all(&bytes).unwrap();
    for name in ["cat64", "catbytes64"] {
        from.rewind().unwrap();
        to.set_len(0).unwrap();
        to.rewind().unwrap();
        let mut run = guest(name);
        run.io.input = Input::File(from.try_clone().unwrap());
        run.io.output = Output::File(to.try_clone().unwrap());
        let expected = if name == "cat64" { &bytes[..] } else { &bytes[..70_000] };
        from.set_len(expected.len() as u64).unwrap();
        assert_eq!(run.try_run().unwrap().outcome, Outcome::Halted);
        let mut back = Vec::new();
        to.rewind().unwrap();
        to.read_to_end(&mut back).unwrap();
        assert!(back == expected, "{name}: {} bytes", back.len());
    }
}

fn closed_output() {
    for name in ["printer64", "printer_write64"] {
        let outcome = with_pipes(name, |_to, from| drop(from));
        assert_eq!(outcome, Outcome::OutputClosed, "{name}");
    }
    let outcome = with_pipes("order64", |_to, from| drop(from));
    assert_eq!(outcome, Outcome::OutputClosed);
}

fn closed_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut run = guest("order64");
    run.io.error = Output::File(File::from(OwnedFd::from(writer)));
    assert_eq!(run.halts(), b"acde");
}

fn unreadable() {
    let mut run = guest("cat64");
    run.io.input = Input::File(File::open("/").unwrap());
    let error = run.try_run().unwrap_err();
    assert!(error.to_string().starts_with("reading standard input: "), "{error}");
}
