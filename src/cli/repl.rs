//! `applet repl`: connects a session to a terminal or to a pipe.

use super::{Complaint, backend, common, console, status};
use crate::applet::value;
use crate::image::Mode;
use crate::machine::config::{BackendChoice, Config};
use crate::repl::editor::{self, Editor};
use crate::repl::lines::Piped;
use crate::repl::program::Origin;
use crate::repl::session::{GuestInput, Screen, Screens, Session};
use crate::repl::shell::Shell;
use crate::repl::style::{Filter, Painter};
use std::cell::RefCell;
use std::io::{self, BufReader, IsTerminal as _, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The time limit of an entry in a session where nobody can press Ctrl-C.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The width of replies that do not go to a terminal.
const COLUMNS: usize = 80;

/// What a session at a terminal begins with.
const BANNER: &str = concat!(
    "applet ",
    env!("CARGO_PKG_VERSION"),
    ": type an instruction, an expression, or :help; Ctrl-D leaves\n"
);

/// Try instructions one by one in a session
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Mode the session starts in
    #[arg(long, value_parser = value::mode, default_value = "long")]
    mode: Mode,
    /// Privilege level
    #[arg(long, value_parser = value::ring)]
    ring: Option<u8>,
    /// RAM, such as 16M
    #[arg(long, value_name = "SIZE", value_parser = value::size)]
    memory: Option<u64>,
    /// Continue after an error when the input is a pipe
    #[arg(long)]
    keep_going: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// The session cannot start, or its input or output fails.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    crate::machine::catch_interrupt()
        .map_err(|e| Complaint::new(format!("cannot wait for signals: {e}")))?;
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return interactive(args);
    }
    piped(args)
}

/// A stream of the process, filtered if it is a terminal.
fn screen(stream: impl Write + Send + 'static, is_terminal: bool) -> Screen {
    if is_terminal {
        Arc::new(Mutex::new(Filter::new(stream)))
    } else {
        Arc::new(Mutex::new(stream))
    }
}

/// A session as the arguments want it.
fn session(args: &Args, timeout: Option<Duration>) -> anyhow::Result<Session> {
    let screens = Screens {
        output: screen(io::stdout(), io::stdout().is_terminal()),
        error: screen(io::stderr(), io::stderr().is_terminal()),
    };
    let backend = backend::resolve(BackendChoice::Auto, None);
    let config =
        Config { ring: args.ring, memory: args.memory, timeout, backend, ..Config::new(args.mode) };
    let session = Session::new(config, screens).map_err(|e| common::host_complaint(&e))?;
    Ok(session)
}

/// The input that is typed at the terminal.
fn typed() -> io::Result<GuestInput> {
    Ok(GuestInput { bytes: Vec::new(), more: Some(common::duplicate(&io::stdin())?) })
}

/// At a terminal. Guests read what is typed.
fn interactive(args: &Args) -> anyhow::Result<u8> {
    let mut session = session(args, None)?;
    session.guest_input =
        typed().map_err(|e| Complaint::new(format!("cannot read your input: {e}")))?;
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    console::out(BANNER)?;
    let out: Screen = Arc::new(Mutex::new(io::stdout()));
    let mut shell = Shell {
        session,
        painter: Painter { colour },
        out: Arc::clone(&out),
        errors: out,
        origin: Origin::default(),
        is_terminal: true,
        columns: editor::columns,
        memory: args.memory,
        draft: None,
        files: Vec::new(),
        open_input: Box::new(typed),
    };
    crate::repl::run(&mut shell, &mut Editor::new(colour), false)?;
    Ok(status::OK)
}

fn piped(args: &Args) -> anyhow::Result<u8> {
    let session = session(args, Some(TIMEOUT))?;
    let input = Rc::new(RefCell::new(BufReader::new(io::stdin())));
    let mut lines = Piped::new(Rc::clone(&input));
    let origin = Origin { name: "<stdin>".to_owned(), line: Rc::clone(&lines.line) };
    let mut shell = Shell {
        session,
        painter: Painter::default(),
        out: Arc::new(Mutex::new(io::stdout())),
        errors: Arc::new(Mutex::new(io::stderr())),
        origin,
        is_terminal: false,
        columns: || COLUMNS,
        memory: args.memory,
        draft: None,
        files: Vec::new(),
        open_input: Box::new(move || {
            // The rest of the pipe, which is then no longer there as entries.
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut *input.borrow_mut(), &mut bytes)?;
            Ok(GuestInput { bytes, more: None })
        }),
    };
    let failed = crate::repl::run(&mut shell, &mut lines, !args.keep_going)?;
    if let Some(error) = lines.error.borrow_mut().take() {
        return Err(Complaint::new(format!("cannot read standard input: {error}")).into());
    }
    Ok(if failed { status::FAILED } else { status::OK })
}
