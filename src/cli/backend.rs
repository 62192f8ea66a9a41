//! `--backend`: which CPU runs a guest, and what is remembered about this host for `auto`.
//!
//! A fact about the host is a file in the user's cache that names the host and its kernel. Under
//! another kernel, or on another machine with the same home, the fact does not hold.

use crate::machine::boot;
use crate::machine::config::{BackendChoice, Config};
use clap::ValueEnum;
use std::path::PathBuf;

/// Which CPU runs the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Backend {
    /// KVM, or the software CPU where KVM is missing or slower
    #[default]
    Auto,
    /// KVM, the virtual machine of the Linux kernel
    Kvm,
    /// The software CPU
    Soft,
    /// Both, one after the other; they must agree
    Both,
}

impl Backend {
    /// The choice for the machine where one CPU is enough. [`resolve`] decides what `auto` means.
    pub(super) const fn choice(self) -> BackendChoice {
        match self {
            Self::Auto => BackendChoice::Auto,
            Self::Kvm => BackendChoice::Kvm,
            Self::Soft | Self::Both => BackendChoice::Soft,
        }
    }
    /// The CPUs that a case has to pass on.
    pub(super) const fn all(self) -> &'static [BackendChoice] {
        match self {
            Self::Auto => &[BackendChoice::Auto],
            Self::Kvm => &[BackendChoice::Kvm],
            Self::Soft => &[BackendChoice::Soft],
            Self::Both => &[BackendChoice::Kvm, BackendChoice::Soft],
        }
    }
}

/// A fact about this host that is kept from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// KVM runs ring 0 in software, and slower than the software CPU.
    SlowRing0,
    /// The user was told that there is no KVM.
    NoKvmIsSaid,
}

impl Fact {
    fn file(self) -> Option<PathBuf> {
        let name = match self {
            Self::SlowRing0 => "slow-ring-0",
            Self::NoKvmIsSaid => "no-kvm",
        };
        Some(dirs::cache_dir()?.join("applet").join(name))
    }

    /// Whether it is known.
    pub(super) fn is_known(self) -> bool {
        let bytes = self.file().and_then(|file| std::fs::read(file).ok());
        bytes.is_some_and(|bytes| bytes == host())
    }

    /// Stores it, or deletes it. If that fails, the next run finds it out again.
    pub(super) fn learn(self, is_true: bool) {
        if is_true == self.is_known() {
            return;
        }
        let Some(file) = self.file() else { return };
        let _ = if is_true {
            let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
            folder.and_then(|()| std::fs::write(file, host()))
        } else {
            std::fs::remove_file(file)
        };
    }
}

/// The names of the host and of its kernel.
#[cfg(unix)]
fn host() -> Vec<u8> {
    let system = rustix::system::uname();
    [system.nodename(), system.release(), system.version()].map(|name| name.to_bytes()).join(&b'\n')
}

#[cfg(not(unix))]
fn host() -> Vec<u8> {
    Vec::new()
}

/// What [`BackendChoice::Auto`] means on this host for a guest, or for any guest if there is none yet.
/// Code that the processor runs natively on every host needs no fact.
pub(super) fn resolve(backend: BackendChoice, config: Option<&Config>) -> BackendChoice {
    let is_native = config.is_some_and(boot::is_native);
    match backend {
        BackendChoice::Auto if !is_native && Fact::SlowRing0.is_known() => BackendChoice::Native,
        other => other,
    }
}
