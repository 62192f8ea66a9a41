//! Whole processes: `applet run` of a hello in each mode against the floor with the same bytes, and
//! a machine of 2 GiB against one of 16 MiB. `applet run --stats` shows what each stage takes.

mod common;

use anyhow::Result;
use common::{APPLET, HELLOS, Target, command, pairs, report, time};

const PAIRS: usize = 200;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let floor = common::build_floor(folder.path())?;
    for hello in HELLOS {
        let ready = common::ready(folder.path(), hello)?;
        let source = common::source(ready.name);
        let file = ready.file.as_os_str();
        let mut ours = command(APPLET, ["run".as_ref(), source.as_os_str()]);
        let mut theirs = command(&floor, [ready.mode.as_ref(), file, ready.origin.as_ref()]);
        let (a, b) = pairs(PAIRS, || time(&mut ours), || time(&mut theirs))?;
        let what = format!("run {}, floor", ready.name);
        report(&what, a, b, a.as_secs_f64() / b.as_secs_f64(), Target::AtMost(1.35));
    }
    let source = common::source("hello");
    let with = |memory: &str| {
        let line = ["run", "--memory", memory].map(str::as_ref);
        command(APPLET, line.into_iter().chain([source.as_os_str()]))
    };
    let (mut large, mut small) = (with("2G"), with("16M"));
    let (a, b) = pairs(PAIRS, || time(&mut large), || time(&mut small))?;
    let ratio = a.as_secs_f64() / b.as_secs_f64();
    report("run hello with 2 GiB, with 16 MiB", a, b, ratio, Target::AtMost(1.1));
    Ok(())
}
