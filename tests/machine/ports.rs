//! ports
pub(crate) const CASES: &[super::Case] = &[];
