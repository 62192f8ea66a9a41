//! Applets that end well: what goes in, what comes out, and the exit code.
//! Knows nothing of how they are assembled.

use super::support::{Ended, applet, run_source};
use crate::support::{Needs, Tests, add, root};
use libtest_mimic::Failed;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        exit_codes,
        source_from_standard_input,
        json_outcome,
        registers,
        arguments_belong_to_the_applet,
        seed_repeats,
        output_is_closed,
    );
    tests.add("echo_long", Needs::Kvm, || echo("echo"));
    tests.add("echo_protected", Needs::Kvm, || echo("echo32"));
    tests.add("echo_real", Needs::Kvm, || echo("echo16"));
}

fn echo(name: &str) -> Result<(), Failed> {
    let file = root().join("Cargo.toml");
    let input = std::fs::read(file)?;
    let applet = applet(["run", &format!("applets/{name}.asm")], &input)?;
    applet.status(0)?.quiet()?.stdout(input)?;
    Ok(())
}

/// Each mode gives each code back.
fn exit_codes() -> Result<(), Failed> {
    for bits in [16, 32, 64] {
        for code in [0, 7, 255] {
            let source = format!("bits {bits}\nmov al, {code}\nout 0xE3, al\n");
            run_source(&[], &source, b"")?.status(code)?.quiet()?.stdout("")?;
        }
    }
    Ok(())
}

fn source_from_standard_input() -> Result<(), Failed> {
    let source = b"bits 64\nmov al, 'A'\nout 0xE1, al\nhlt\n";
    applet(["run", "-"], source)?.status(0)?.quiet()?.stdout("A")?;
    Ok(())
}

/// What `--json` says: the last line of standard error.
fn json(ended: &Ended) -> Result<serde_json::Value, Failed> {
    let line = ended.stderr.lines().next_back().ok_or("nothing on standard error")?;
    serde_json::from_str(line).map_err(|error| format!("{error} in {line}").into())
}

fn json_outcome() -> Result<(), Failed> {
    let cases = [
        ("hlt", "halt", 0),
        ("mov al, 7\nout 0xE3, al", "exit", 7),
        ("mov al, 134\nout 0xE3, al", "exit", 134),
        ("in al, 0x42", "fault", 134),
        ("jmp $", "timeout", 124),
    ];
    for (code, outcome, status) in cases {
        let source = format!("bits 64\n{code}\n");
        let ended = run_source(&["--json", "--timeout", "200ms"], &source, b"")?.status(status)?;
        let value = json(&ended)?;
        if value["outcome"] != outcome || value["status"] != status {
            return Err(format!("{code}: {value}").into());
        }
    }
    let ended = run_source(&["--json"], "bits 64\nnop\nin al, 0x42\n", b"")?;
    let value = json(&ended)?;
    let fault = &value["fault"];
    if fault["kind"] != "unknown-port" || fault["source"]["line"] != 3 {
        return Err(format!("not the fault that it is: {value}").into());
    }
    Ok(())
}

/// `--reg` in each mode, seen through the exit code.
fn registers() -> Result<(), Failed> {
    for (bits, register) in [(16, "bx"), (32, "edi"), (64, "r13")] {
        let source = format!("bits {bits}\nmov eax, {register}\nout 0xE3, al\n");
        let source =
            source.replace("mov eax, bx", "mov ax, bx").replace("mov eax, r13", "mov rax, r13");
        let flag = format!("{register}=0x59");
        run_source(&["--reg", &flag], &source, b"")?.status(0x59)?;
    }
    Ok(())
}

fn arguments_belong_to_the_applet() -> Result<(), Failed> {
    let line = ["run", "applets/args.asm", "--json", "-x", "", "two words"];
    applet(line, b"")?.status(0)?.quiet()?.stdout("1: --json\n2: -x\n3: \n4: two words\n")?;
    Ok(())
}

fn seed_repeats() -> Result<(), Failed> {
    let source = "bits 64\nmov ecx, 8\nagain: in eax, 0xEA\nout 0xE1, eax\nloop again\nhlt\n";
    let first = run_source(&["--seed", "1"], source, b"")?.status(0)?;
    let other = run_source(&["--seed", "2"], source, b"")?.status(0)?;
    if first.stdout.len() != 32 || first.stdout == other.stdout {
        return Err(format!("{first:?} and {other:?}").into());
    }
    run_source(&["--seed", "1"], source, b"")?.stdout(first.stdout)?;
    Ok(())
}

/// Nobody reads: it ends, and says nothing.
fn output_is_closed() -> Result<(), Failed> {
    use super::support::collect;
    use crate::support::APPLET;
    use std::process::{Command, Stdio};
    let mut command = Command::new(APPLET);
    command.args(["run", "--timeout", "5s", "-"]).stdin(Stdio::piped());
    let mut child =
        command.current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    std::io::Write::write_all(&mut stdin, b"bits 64\nagain: out 0xE1, eax\njmp again\n")?;
    drop(stdin);
    collect(child)?.status(141)?.quiet()?;
    Ok(())
}
