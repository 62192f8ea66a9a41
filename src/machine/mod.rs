//! [`Image`] to [`Outcome`](outcome::Outcome): a fresh virtual machine, run to its end.
//!
//! Knows nothing of source text beyond the spans in the image's line table, and prints nothing.

pub mod config;
pub mod outcome;

use crate::image::Image;
use config::{Config, Io};
use outcome::{HostError, Report};

/// Boots `image` in a fresh machine and runs it until it ends.
///
/// # Errors
/// Only what the host cannot do; a guest that ends badly is an [`Outcome`](outcome::Outcome).
pub fn run(image: &Image, config: &Config, io: &mut Io) -> Result<Report, HostError> {
    let _ = (image, config, io);
    Err(HostError::Unsupported { what: String::new() })
}
