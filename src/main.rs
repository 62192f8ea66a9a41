//! The `applet` binary: passes the command line to the library and its status to the system.

fn main() -> std::process::ExitCode {
    applet::internal::cli::main(std::env::args_os().collect())
}
