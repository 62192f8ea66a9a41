//! The registers of COM1, a 16550 without interrupts and FIFO: enough for code that configures the
//! line, polls the line status and moves bytes. [`Hypercalls`](super::Hypercalls) serves the data
//! register.

/// Data: transmitter when written, receiver when read.
pub(super) const DATA: u16 = 0;
const INTERRUPT_ENABLE: u16 = 1;
const INTERRUPT_IDENTIFICATION: u16 = 2;
const LINE_CONTROL: u16 = 3;
/// Line status.
pub(super) const LINE_STATUS: u16 = 5;
const MODEM_STATUS: u16 = 6;
/// DLAB of the line control: the first two registers are the divisor.
const DIVISOR_LATCH: u8 = 0x80;

#[derive(Clone, Debug, Default)]
pub(super) struct Serial {
    registers: [u8; 8],
    divisor: [u8; 2],
}

/// The line status: the transmitter is always empty, the receiver `ready` or not.
pub(super) fn line_status(ready: bool) -> u8 {
    0x60 | u8::from(ready)
}

impl Serial {
    /// Whether the first two registers are the divisor.
    pub(super) fn divisor_shown(&self) -> bool {
        self.registers[usize::from(LINE_CONTROL)] & DIVISOR_LATCH != 0
    }

    pub(super) fn read(&self, register: u16) -> u8 {
        match register {
            DATA | INTERRUPT_ENABLE if self.divisor_shown() => self.divisor[usize::from(register)],
            // No interrupt is pending.
            INTERRUPT_IDENTIFICATION => 0x01,
            // Clear to send, data set ready, carrier detected.
            MODEM_STATUS => 0xB0,
            _ => self.registers.get(usize::from(register)).copied().unwrap_or(0xFF),
        }
    }

    pub(super) fn write(&mut self, register: u16, value: u8) {
        let place = if register <= INTERRUPT_ENABLE && self.divisor_shown() {
            self.divisor.get_mut(usize::from(register))
        } else {
            self.registers.get_mut(usize::from(register))
        };
        if let Some(place) = place {
            *place = value;
        }
    }
}
