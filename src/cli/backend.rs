//! `--backend`: which CPU runs a guest, as the command line says it.
//!
//! Knows nothing of CPUs.

use crate::machine::config::BackendChoice;
use clap::ValueEnum;

/// Who runs the guest.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Backend {
    /// The best this host has
    #[default]
    Auto,
    /// The kernel's virtual machine
    Kvm,
    /// The CPU in software
    Soft,
}

impl Backend {
    /// What the machine is told.
    pub(super) const fn choice(self) -> BackendChoice {
        match self {
            Self::Auto => BackendChoice::Auto,
            Self::Kvm => BackendChoice::Kvm,
            Self::Soft => BackendChoice::Soft,
        }
    }
}
