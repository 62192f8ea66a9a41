//! What this host can do, found out by doing it.
//!
//! Knows nothing of how it is shown.
