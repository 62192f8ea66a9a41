//! Tests of the real binary: what a user types and what comes of it.
//!
//! Programs that run, and the ends they come to, are tried in `tests/programs`. These tests know
//! exit statuses, streams and messages, and nothing of the library inside. Those that boot a
//! machine pass without a word on a host that has no usable KVM, unless `APPLET_REQUIRE_KVM=1`.

mod library;
mod run;
mod sources;
mod support;
