//! Ports served against a CPU that is only a register file.
