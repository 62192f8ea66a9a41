//! Opens `/dev/kvm`, and queries its features once per process. All messages about a missing or
//! inaccessible `/dev/kvm` are here.

use crate::machine::outcome::HostError;
use kvm_bindings::{
    CpuId, KVM_CAP_EXIT_ON_EMULATION_FAILURE, KVM_CAP_X86_MSR_FILTER, KVM_MAX_CPUID_ENTRIES,
    kvm_xcr, kvm_xcrs,
};
use kvm_ioctls::{Cap, Kvm};
use std::io;
use std::path::Path;
use std::sync::OnceLock;

/// The device.
pub(in crate::machine) const DEVICE: &str = "/dev/kvm";
/// The only stable version of the interface.
const API_VERSION: i32 = 12;
/// The state components of XCR0 that a guest gets if the host has them: x87, SSE, AVX, AVX-512.
/// Not AMX, which needs a permission of the process.
const XCR0_WANTED: u64 = 0xE7;

/// The features of this host's KVM.
#[derive(Debug)]
pub(in crate::machine) struct Host {
    /// Version of the interface.
    pub(in crate::machine) api_version: i32,
    /// Whether registers can be read and written in the shared page.
    pub(in crate::machine) sync_registers: bool,
    /// Whether an instruction that KVM cannot emulate stops the guest in every ring, with the state
    /// before the instruction.
    pub(super) clean_emulation_failures: bool,
    /// Whether writes to model-specific registers can be made to stop the guest.
    pub(super) filters_msrs: bool,
    /// Whether KVM may need pages in the guest's address space.
    pub(super) needs_own_pages: bool,
    /// The features of a guest's CPU.
    pub(super) cpuid: CpuId,
    /// XCR0, where the host has one.
    pub(super) xcrs: Option<kvm_xcrs>,
}

/// The error for a system call on KVM that failed.
pub(super) fn failed(what: &str, error: kvm_ioctls::Error) -> HostError {
    let source = io::Error::from_raw_os_error(error.errno());
    let help = match error.errno() {
        libc::ENOMEM => Some("The host is short of memory.".to_owned()),
        libc::EMFILE | libc::ENFILE => {
            Some("Too many files are open. Raise the limit with `ulimit -n`.".to_owned())
        }
        _ => None,
    };
    HostError::System { what: what.to_owned(), help, source }
}

/// Opens the device, and queries its features at the first call.
pub(in crate::machine) fn open(device: &Path) -> Result<(Kvm, &'static Host), HostError> {
    static HOST: OnceLock<Host> = OnceLock::new();
    let path = std::ffi::CString::new(device.as_os_str().as_encoded_bytes())
        .map_err(|_| HostError::Config { what: "a path with a NUL byte".to_owned() })?;
    let kvm = Kvm::new_with_path(path).map_err(|e| refused(device, e.errno()))?;
    if let Some(host) = HOST.get() {
        return Ok((kvm, host));
    }
    let asked = Host::ask(&kvm)?;
    Ok((kvm, HOST.get_or_init(|| asked)))
}

/// The error for a device that could not be opened.
fn refused(device: &Path, errno: i32) -> HostError {
    let source = io::Error::from_raw_os_error(errno);
    let help = match errno {
        libc::ENOENT | libc::ENODEV | libc::ENXIO => {
            "This kernel offers no KVM. On real hardware: switch on virtualisation (VT-x or SVM) in \
             the firmware and run `sudo modprobe kvm_intel` or `sudo modprobe kvm_amd`. In a \
             container: start it with `--device /dev/kvm`. In a virtual machine: allow nested \
             virtualisation."
        }
        libc::EACCES | libc::EPERM => {
            "You do not have permission to use it. Join its group with `sudo usermod -aG kvm $USER` \
             and log in again. In a container: start it with `--device /dev/kvm --group-add \
             keep-groups`."
        }
        libc::EMFILE | libc::ENFILE => "Too many files are open. Raise the limit with `ulimit -n`.",
        _ => "`applet doctor` shows what this host supports.",
    };
    HostError::System {
        what: format!("opening {}", device.display()),
        help: Some(help.to_owned()),
        source,
    }
}

impl Host {
    fn ask(kvm: &Kvm) -> Result<Self, HostError> {
        let api_version = kvm.get_api_version();
        if api_version < 0 {
            let what = format!("{DEVICE} exists, but is not the KVM device");
            return Err(HostError::Unsupported { what });
        }
        if api_version != API_VERSION {
            return Err(HostError::Unsupported {
                what: format!(
                    "this kernel's KVM has version {api_version} of the interface, not {API_VERSION}"
                ),
            });
        }
        let mut cpuid = kvm
            .get_supported_cpuid(KVM_MAX_CPUID_ENTRIES)
            .map_err(|e| failed("reading the CPU's features (KVM_GET_SUPPORTED_CPUID)", e))?;
        // A missing leaf reads as zeros, so leaves of zeros can be omitted, which saves time.
        cpuid.retain(|e| e.eax | e.ebx | e.ecx | e.edx != 0);
        let xcrs = xcr0(&cpuid).map(|value| {
            let mut xcrs = kvm_xcrs { nr_xcrs: 1, ..kvm_xcrs::default() };
            xcrs.xcrs[0] = kvm_xcr { xcr: 0, value, ..kvm_xcr::default() };
            xcrs
        });
        let sync = kvm.check_extension_int(Cap::SyncRegs);
        Ok(Self {
            api_version,
            sync_registers: sync & 3 == 3,
            clean_emulation_failures: kvm
                .check_extension_raw(KVM_CAP_EXIT_ON_EMULATION_FAILURE.into())
                > 0,
            filters_msrs: kvm.check_extension_raw(KVM_CAP_X86_MSR_FILTER.into()) > 0,
            needs_own_pages: kvm.check_extension(Cap::SetTssAddr),
            cpuid,
            xcrs,
        })
    }
}

/// XCR0 for a guest: the components of [`XCR0_WANTED`] that leaf 0xD reports.
fn xcr0(cpuid: &CpuId) -> Option<u64> {
    let leaf = |function, index| {
        cpuid.as_slice().iter().find(move |e| e.function == function && e.index == index)
    };
    let has_xsave = leaf(1, 0)?.ecx >> 26 & 1 != 0;
    let supported = leaf(0xD, 0)?;
    let value = (u64::from(supported.edx) << 32 | u64::from(supported.eax)) & XCR0_WANTED;
    (has_xsave && value & 1 != 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(device: &str) -> (String, String) {
        match open(device.as_ref()) {
            Err(HostError::System { what, help, source }) => {
                (format!("{what}: {source}"), help.unwrap_or_default())
            }
            Err(other) => (other.to_string(), String::new()),
            Ok(_) => ("it opened".to_owned(), String::new()),
        }
    }

    #[test]
    fn a_missing_device_is_explained() {
        let (error, help) = opening("/dev/there is none");
        assert!(error.starts_with("opening /dev/there is none: No such file"), "{error}");
        assert!(help.contains("modprobe"), "{help}");
        assert_eq!(opening("a\0b").0, "a path with a NUL byte");
    }

    #[test]
    fn a_refused_device_is_explained() {
        let HostError::System { help: Some(help), .. } = refused("x".as_ref(), libc::EACCES) else {
            panic!("no help");
        };
        assert!(help.contains("usermod -aG kvm"), "{help}");
    }

    #[test]
    fn xcr0_is_what_the_features_allow() {
        let entry = |function, eax, ecx| kvm_bindings::kvm_cpuid_entry2 {
            function,
            eax,
            ecx,
            ..Default::default()
        };
        let xcr0_of =
            |ecx| xcr0(&CpuId::from_entries(&[entry(1, 0, ecx), entry(0xD, 0x602E7, 0)]).unwrap());
        assert_eq!(xcr0_of(1 << 26), Some(0xE7));
        assert_eq!(xcr0_of(0), None);
    }
}
