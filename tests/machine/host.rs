//! host
pub(crate) const CASES: &[super::Case] = &[];
pub(crate) fn child() -> Option<std::process::ExitCode> {
    None
}
