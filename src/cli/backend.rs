//! `--backend`: which CPU runs a guest, as the command line says it.
//!
//! Knows nothing of CPUs.

use crate::machine::config::BackendChoice;
use clap::ValueEnum;

/// Who runs the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Backend {
    /// The kernel's virtual machine, or the CPU in software where that is missing or slower
    #[default]
    Auto,
    /// The kernel's virtual machine
    Kvm,
    /// The CPU in software
    Soft,
    /// Both, one after the other, which must do the same
    Both,
}

impl Backend {
    /// What the machine is told, where one is enough. What `auto` means is for [`host`](super::host)
    /// to say.
    pub(super) const fn choice(self) -> BackendChoice {
        match self {
            Self::Auto => BackendChoice::Auto,
            Self::Kvm => BackendChoice::Kvm,
            Self::Soft | Self::Both => BackendChoice::Soft,
        }
    }
    /// All that a case has to pass on.
    pub(super) const fn all(self) -> &'static [BackendChoice] {
        match self {
            Self::Auto => &[BackendChoice::Auto],
            Self::Kvm => &[BackendChoice::Kvm],
            Self::Soft => &[BackendChoice::Soft],
            Self::Both => &[BackendChoice::Kvm, BackendChoice::Soft],
        }
    }
}
