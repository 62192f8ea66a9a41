//! The command line. It knows nothing yet.
