//! The guest's standard input. Single bytes are read ahead; whole buffers are read directly into guest
//! memory. The caller flushes the output before it waits for input.

use super::Stop;
use super::transfer;
use super::wait::{Event, is_ready, retry};
use crate::machine::config::Input;
use crate::machine::limits::Limits;
use crate::machine::outcome::HostError;
use crate::machine::state::region::VolatileSlice;
use std::io::{self, Read};
use std::time::Duration;

/// The most bytes that are read ahead.
const AHEAD: usize = 16 << 10;
/// The most bytes of a file that are kept to repeat the run.
const TAPE: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Source<'a> {
    input: &'a mut Input,
    /// Bytes read ahead of the guest, from `next` on.
    ahead: Vec<u8>,
    next: usize,
    ended: bool,
    /// Whether a pipe has been asked to hold more.
    widened: bool,
    /// Where the input began, if it is in memory.
    from: usize,
    /// What was read from a file; `None` if it is more than [`TAPE`] bytes.
    tape: Option<Vec<u8>>,
}

fn failed(source: io::Error) -> Stop {
    let what = "reading standard input".to_owned();
    Stop::Host(HostError::System { what, help: None, source })
}

impl<'a> Source<'a> {
    pub(super) fn new(input: &'a mut Input) -> Self {
        let from = match &*input {
            Input::Bytes(_, from) | Input::Recorded(_, from, _) => *from,
            Input::File(_) => 0,
        };
        let tape = Some(Vec::new());
        Self { input, ahead: Vec::new(), next: 0, ended: false, widened: false, from, tape }
    }

    /// All that has been read, if it is not too much.
    pub(super) fn tape(&self) -> Option<Vec<u8>> {
        match &*self.input {
            Input::Bytes(bytes, _) | Input::Recorded(bytes, ..) => {
                bytes.get(self.from..).map(<[u8]>::to_vec)
            }
            Input::File(_) => self.tape.clone(),
        }
    }

    /// Keeps bytes that were read from a file.
    fn keep(&mut self, bytes: &[u8]) {
        let tape = self.tape.take().filter(|tape| tape.len() + bytes.len() <= TAPE);
        self.tape = tape.map(|mut tape| {
            tape.extend_from_slice(bytes);
            tape
        });
    }

    /// Bytes that can be read without a system call.
    fn at_hand(&self) -> &[u8] {
        match &*self.input {
            Input::Bytes(bytes, next) | Input::Recorded(bytes, next, _) => {
                bytes.get(*next..).unwrap_or_default()
            }
            Input::File(_) => self.ahead.get(self.next..).unwrap_or_default(),
        }
    }

    fn advance(&mut self, count: usize) {
        match self.input {
            Input::Bytes(_, next) | Input::Recorded(_, next, _) => *next += count,
            Input::File(_) => self.next += count,
        }
    }

    /// Whether a byte can be read without a system call.
    pub(super) fn has_byte(&self) -> bool {
        !self.at_hand().is_empty()
    }

    /// Whether the guest has read all input.
    pub(super) fn at_end(&self) -> bool {
        let ended = match self.input {
            Input::Bytes(..) => true,
            Input::File(_) | Input::Recorded(..) => self.ended,
        };
        ended && !self.has_byte()
    }

    /// The next byte, if it can be read without a system call.
    pub(super) fn take(&mut self) -> Option<u8> {
        let byte = self.at_hand().first().copied();
        self.advance(usize::from(byte.is_some()));
        byte
    }

    /// Waits until a byte can be read or the end is reached.
    pub(super) fn fill(&mut self, limits: &Limits) -> Result<(), Stop> {
        if self.has_byte() || self.at_end() {
            return Ok(());
        }
        let (Input::File(file) | Input::Recorded(_, _, file)) = &*self.input else { return Ok(()) };
        let (mut reader, mut ahead) = (file, std::mem::take(&mut self.ahead));
        ahead.resize(AHEAD, 0);
        let result = retry(file, Event::Input, limits, || reader.read(&mut ahead), failed);
        ahead.truncate(*result.as_ref().unwrap_or(&0));
        self.ended = matches!(result, Ok(0));
        if let Input::Recorded(bytes, ..) = self.input {
            bytes.extend_from_slice(&ahead);
            ahead.clear();
        } else {
            self.keep(&ahead);
        }
        (self.ahead, self.next) = (ahead, 0);
        result.map(|_| ())
    }

    /// As [`fill`](Self::fill), but does not wait.
    pub(super) fn fill_if_ready(&mut self, limits: &Limits) -> Result<(), Stop> {
        match &*self.input {
            Input::File(file) | Input::Recorded(_, _, file)
                if !self.has_byte() && is_ready(file, Event::Input, Duration::ZERO) =>
            {
                self.fill(limits)
            }
            _ => Ok(()),
        }
    }

    /// As read(2): waits only if no byte is available, and reads the available bytes, at most `most`.
    pub(super) fn read(
        &mut self,
        pieces: &[VolatileSlice<'_>],
        most: u64,
        limits: &Limits,
    ) -> Result<u64, Stop> {
        // The pieces are in the host's memory, so their sum fits in usize.
        let mut left = usize::try_from(most).unwrap_or(usize::MAX);
        let mut done = 0;
        self.widen(left);
        for piece in pieces {
            let Ok(mut piece) = piece.subslice(0, piece.len().min(left)) else { break };
            if piece.is_empty() || (done > 0 && !self.is_ready()) {
                break;
            }
            let count = self.read_piece(&mut piece, limits)?;
            done += count;
            left -= count;
            if count < piece.len() {
                break;
            }
        }
        Ok(done as u64)
    }

    /// Enlarges the buffer of a pipe. By default it holds 64 KiB, so a larger read would take an exit
    /// for each 64 KiB. The call has no effect on other files, and its failure is ignored.
    fn widen(&mut self, wanted: usize) {
        const USUAL: usize = 64 << 10;
        if self.widened || wanted <= USUAL {
            return;
        }
        self.widened = true;
        #[cfg(target_os = "linux")]
        if let Input::File(file) = &*self.input {
            const GREATEST: usize = 1 << 20;
            rustix::pipe::fcntl_setpipe_size(file, wanted.min(GREATEST)).ok();
        }
    }

    fn is_ready(&self) -> bool {
        match &*self.input {
            _ if self.has_byte() || self.at_end() => true,
            Input::Bytes(..) => true,
            Input::File(file) | Input::Recorded(_, _, file) => {
                is_ready(file, Event::Input, Duration::ZERO)
            }
        }
    }

    fn read_piece(
        &mut self,
        piece: &mut VolatileSlice<'_>,
        limits: &Limits,
    ) -> Result<usize, Stop> {
        if matches!(self.input, Input::Recorded(..)) {
            self.fill(limits)?;
        }
        let at_hand = self.at_hand();
        if !at_hand.is_empty() || self.at_end() {
            let count = at_hand.len().min(piece.len());
            piece.copy_from(at_hand);
            self.advance(count);
            return Ok(count);
        }
        let Input::File(file) = &*self.input else { return Ok(0) };
        let call = || transfer::read(file, piece);
        let count = retry(file, Event::Input, limits, call, failed)?;
        self.ended = count == 0;
        if self.tape.is_some() {
            let mut bytes = vec![0; count.min(TAPE + 1)];
            piece.copy_to(&mut bytes);
            self.keep(&bytes);
        }
        Ok(count)
    }
}
