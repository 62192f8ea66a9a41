//! faults
pub(crate) const CASES: &[super::Case] = &[];
