//! The boot state, looked at without a machine.
