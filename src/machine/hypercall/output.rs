//! The guest's standard output and standard error. Single bytes are buffered; whole buffers are
//! written directly from guest memory. Both are written in the order in which the guest wrote them.

use super::Stop;
use super::transfer;
use super::wait::{Event, retry};
use crate::machine::config::Output;
use crate::machine::limits::Limits;
use crate::machine::outcome::{HostError, OpenLines, Outcome};
use crate::machine::state::region::{Bytes as _, VolatileSlice};
use std::fs::File;
use std::io::{self, ErrorKind, Write};

/// The most bytes that are buffered.
const GATHER: usize = 16 << 10;

/// One of the two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::machine) enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

#[derive(Debug)]
pub(in crate::machine) struct Sink<'a> {
    output: &'a mut Output,
    error: &'a mut Output,
    /// Bytes not yet written, all for the same stream.
    gathered: Vec<u8>,
    gathered_for: Stream,
    /// The last byte of each stream.
    last_output: u8,
    last_error: u8,
    /// The number of bytes that the limit still allows.
    allowed: u64,
    limit: u64,
}

/// The result of a failed write. If the pipe of standard output was closed, the guest ends.
fn failed(stream: Stream, source: io::Error) -> Stop {
    let name = match stream {
        Stream::Output if source.kind() == ErrorKind::BrokenPipe => {
            return Stop::Outcome(Outcome::OutputClosed);
        }
        Stream::Output => "standard output",
        Stream::Error => "standard error",
    };
    Stop::Host(HostError::System { what: format!("writing {name}"), help: None, source })
}

/// Writes all of `length` bytes by calls of `write`, which gets the number of bytes written so far.
/// Bytes for a closed standard error are dropped.
fn write_all(
    file: &File,
    stream: Stream,
    limits: &Limits,
    length: usize,
    done: &mut usize,
    mut write: impl FnMut(usize) -> io::Result<usize>,
) -> Result<(), Stop> {
    while *done < length {
        let call = || match write(*done) {
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Err(e) if stream == Stream::Error && e.kind() == ErrorKind::BrokenPipe => {
                Ok(length - *done)
            }
            other => other,
        };
        *done += retry(file, Event::Output, limits, call, |e| failed(stream, e))?;
    }
    Ok(())
}

impl<'a> Sink<'a> {
    pub(super) fn new(output: &'a mut Output, error: &'a mut Output, limit: Option<u64>) -> Self {
        let limit = limit.unwrap_or(u64::MAX);
        Self {
            output,
            error,
            gathered: Vec::new(),
            gathered_for: Stream::Output,
            last_output: b'\n',
            last_error: b'\n',
            allowed: limit,
            limit,
        }
    }

    /// The streams whose last byte is not a newline.
    pub(in crate::machine) fn open_lines(&self) -> OpenLines {
        OpenLines { output: self.last_output != b'\n', error: self.last_error != b'\n' }
    }

    fn note_last(&mut self, stream: Stream, byte: Option<u8>) {
        let last = match stream {
            Stream::Output => &mut self.last_output,
            Stream::Error => &mut self.last_error,
        };
        *last = byte.unwrap_or(*last);
    }

    fn target(&mut self, stream: Stream) -> &mut Output {
        match stream {
            Stream::Output => self.output,
            Stream::Error => self.error,
        }
    }

    /// Takes `length` bytes from the allowance. Returns how many of them may be written.
    fn allow(&mut self, length: usize) -> usize {
        // An allowance that does not fit in usize is greater than any length.
        let granted = usize::try_from(self.allowed).map_or(length, |allowed| length.min(allowed));
        self.allowed -= granted as u64;
        granted
    }

    /// Ends the guest if it was granted less than it wanted.
    fn within_limit(&self, wanted: usize, granted: usize) -> Result<(), Stop> {
        if granted < wanted {
            return Err(Stop::Outcome(Outcome::OutputLimit(self.limit)));
        }
        Ok(())
    }

    /// Buffers bytes, and writes them if the buffer is full.
    pub(super) fn put(
        &mut self,
        stream: Stream,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<(), Stop> {
        let granted = self.allow(bytes.len());
        let kept = bytes.get(..granted).unwrap_or(bytes);
        self.note_last(stream, kept.last().copied());
        if let Output::Buffer(buffer) = self.target(stream) {
            buffer.extend_from_slice(kept);
        } else {
            if self.gathered_for != stream || self.gathered.len() + kept.len() > GATHER {
                self.flush(limits)?;
            }
            self.gathered_for = stream;
            self.gathered.extend_from_slice(kept);
        }
        self.within_limit(bytes.len(), granted)
    }

    /// Writes the buffered bytes.
    pub(in crate::machine) fn flush(&mut self, limits: &Limits) -> Result<(), Stop> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let (stream, bytes) = (self.gathered_for, std::mem::take(&mut self.gathered));
        let mut done = 0;
        let result = match self.target(stream) {
            Output::Buffer(_) => Ok(()),
            Output::Live(live) => {
                done = bytes.len();
                live.0
                    .write_all(&bytes)
                    .and_then(|()| live.0.flush())
                    .map_err(|e| failed(stream, e))
            }
            Output::File(file) => {
                let file = &*file;
                let mut writer = file;
                let write = |from| writer.write(bytes.get(from..).unwrap_or_default());
                write_all(file, stream, limits, bytes.len(), &mut done, write)
            }
        };
        self.gathered = bytes;
        if result.is_ok() {
            self.gathered.clear();
        } else {
            self.gathered.drain(..done);
        }
        result
    }

    /// Writes guest memory, at most `most` bytes. Returns the number of bytes written.
    pub(super) fn write(
        &mut self,
        stream: Stream,
        pieces: &[VolatileSlice<'_>],
        most: u64,
        limits: &Limits,
    ) -> Result<u64, Stop> {
        self.flush(limits)?;
        // The pieces are in the host's memory, so their sum fits in usize.
        let mut left = usize::try_from(most).unwrap_or(usize::MAX);
        let mut done = 0;
        for piece in pieces {
            let wanted = piece.len().min(left);
            let granted = self.allow(wanted);
            if let Ok(piece) = piece.subslice(0, granted) {
                let last = granted.checked_sub(1).and_then(|at| piece.read_obj(at).ok());
                self.note_last(stream, last);
                self.write_piece(stream, &piece, limits)?;
            }
            self.within_limit(wanted, granted)?;
            done += granted as u64;
            left -= granted;
        }
        Ok(done)
    }

    fn write_piece(
        &mut self,
        stream: Stream,
        piece: &VolatileSlice<'_>,
        limits: &Limits,
    ) -> Result<(), Stop> {
        match self.target(stream) {
            Output::Buffer(buffer) => {
                let before = buffer.len();
                buffer.resize(before + piece.len(), 0);
                piece.copy_to(buffer.get_mut(before..).unwrap_or_default());
                Ok(())
            }
            Output::Live(live) => {
                let mut bytes = vec![0; piece.len()];
                piece.copy_to(bytes.as_mut_slice());
                live.0
                    .write_all(&bytes)
                    .and_then(|()| live.0.flush())
                    .map_err(|e| failed(stream, e))
            }
            Output::File(file) => {
                let write = |from| transfer::write(file, piece, from);
                write_all(file, stream, limits, piece.len(), &mut 0, write)
            }
        }
    }
}
