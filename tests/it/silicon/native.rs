//! The native side: the program that runs cases on this host's processor, and the pipes to it.
//!
//! It is C, since code from outside has to be entered and left by hand; `native.c` says how. Knows
//! nothing of what is tested.

use super::state::{ACCESS, BASE, Case, EXTENDED, LOCAL, Outcome, PAGES, State};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Places for local descriptors in the set-up.
const DESCRIPTORS: usize = 16;

/// Compiles the program into `folder`, or says why it cannot be had here.
pub(crate) fn compile(folder: &Path) -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the host is not Linux on x86-64".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/silicon/native.c");
    let program = folder.join("native");
    let output = Command::new("cc")
        .args(["-O2", "-Wall", "-Wextra", "-Werror", "-fno-stack-protector", "-mno-red-zone"])
        .args(["-mfsgsbase", "-Wl,-z,now", "-o"])
        .args([&program, &source])
        .output()
        .map_err(|e| format!("no C compiler: {e}"))?;
    match output.status.success() {
        true => Ok(program),
        false => Err(format!("cc: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// The program, running.
pub(crate) struct Native {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Drop for Native {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Native {
    /// Starts the program with `memory`.
    pub(crate) fn start(program: &Path, memory: &[u8]) -> std::io::Result<Self> {
        let mut child =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || std::io::Error::other("no pipe");
        let mut input = child.stdin.take().ok_or_else(missing)?;
        let output = child.stdout.take().ok_or_else(missing)?;
        input.write_all(&setup(memory))?;
        Ok(Self { child, input, output })
    }

    /// Sends cases; their outcomes have to be taken before the next ones are sent.
    pub(crate) fn send(&mut self, cases: &[Case]) -> std::io::Result<()> {
        let mut bytes = vec![0; 8];
        for case in cases {
            encode(case, &mut bytes);
        }
        let length = (bytes.len() - 8) as u32;
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        bytes[4..8].copy_from_slice(&(cases.len() as u32).to_le_bytes());
        self.input.write_all(&bytes)
    }

    /// Takes the outcomes of the cases that were sent.
    pub(crate) fn take(&mut self, count: usize) -> std::io::Result<Vec<Outcome>> {
        let mut length = [0; 8];
        self.output.read_exact(&mut length).map_err(|e| self.gone(e))?;
        let mut bytes = vec![0; u64::from_le_bytes(length) as usize];
        self.output.read_exact(&mut bytes)?;
        let mut rest = Reader(&bytes);
        Ok((0..count).map(|_| rest.outcome()).collect())
    }

    /// Why there is nothing to read.
    fn gone(&mut self, error: std::io::Error) -> std::io::Error {
        match self.child.wait() {
            Ok(status) => std::io::Error::other(format!("the native program ended: {status}")),
            Err(_) => error,
        }
    }
}

/// What the program wants first.
fn setup(memory: &[u8]) -> Vec<u8> {
    let mut bytes = BASE.to_le_bytes().to_vec();
    bytes.extend((0..PAGES).map(|n| ACCESS[n] as u8));
    for n in 0..DESCRIPTORS {
        let Some(row) = LOCAL.get(n) else {
            bytes.extend([0; 16]);
            continue;
        };
        // Linux wants the type in parts: data, expand-down data or code; not writable, or for
        // code not readable.
        let is_code = row.kind & 8 != 0;
        let contents = row.kind >> 2 & 3;
        let is_less = row.kind & 2 == 0;
        debug_assert!(!is_code || contents == 2);
        let limit = if row.granular { row.limit >> 12 } else { row.limit };
        bytes.extend((row.base as u32).to_le_bytes());
        bytes.extend(limit.to_le_bytes());
        let (big, pages, absent) = (row.big.into(), row.granular.into(), (!row.present).into());
        bytes.extend([1, big, contents, is_less.into(), pages, absent, 0, 0]);
    }
    bytes.extend(memory);
    bytes
}

fn encode(case: &Case, bytes: &mut Vec<u8>) {
    let state = &case.state;
    for value in state.general.iter().chain([&state.ip, &state.flags]) {
        bytes.extend(value.to_le_bytes());
    }
    for selector in state.selectors {
        bytes.extend(selector.to_le_bytes());
    }
    bytes.extend([state.has_bases().into(), 0, 0, 0]);
    bytes.extend(state.fs_base.to_le_bytes());
    bytes.extend(state.gs_base.to_le_bytes());
    bytes.extend(state.extended);
    bytes.extend((case.patches.len() as u64).to_le_bytes());
    for (at, patch) in &case.patches {
        bytes.extend(at.to_le_bytes());
        bytes.extend((patch.len() as u32).to_le_bytes());
        bytes.extend(patch);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
}

/// Takes values off the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (first, rest) = self.0.split_at(N);
        self.0 = rest;
        first.try_into().expect("as long as it was split")
    }

    fn word(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    fn outcome(&mut self) -> Outcome {
        let mut state = State::default();
        for n in 0..16 {
            state.general[n] = self.word();
        }
        (state.ip, state.flags) = (self.word(), self.word());
        for n in 0..6 {
            state.selectors[n] = u16::from_le_bytes(self.take());
        }
        self.take::<4>();
        (state.fs_base, state.gs_base) = (self.word(), self.word());
        state.extended = self.take::<EXTENDED>();
        let cr2 = self.word();
        let vector = u32::from_le_bytes(self.take());
        let error = u32::from_le_bytes(self.take());
        let count = self.word();
        let changes = (0..count).map(|_| (self.word(), self.word())).collect();
        Outcome { state, vector, error, cr2, changes }
    }
}
