//! limits
pub(crate) const CASES: &[super::Case] = &[];
