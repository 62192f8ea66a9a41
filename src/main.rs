//! The `applet` binary: hands the command line to [`applet::cli`] and its answer to the system.
//! It knows nothing else.

fn main() -> std::process::ExitCode {
    applet::cli::main(std::env::args_os().collect())
}
