//! Tests of the real binary: what a user types and what comes of it.
//!
//! They know exit statuses, streams and messages, and nothing of the library inside. Those that
//! boot a machine pass without a word on a host that has no usable KVM, unless
//! `APPLET_REQUIRE_KVM=1`.

mod faults;
mod library;
mod run;
mod sources;
mod support;
