//! Tests of the command line as data: what parses to what. They run nothing.

use super::*;

fn parse_line(line: &str) -> Result<Command, clap::Error> {
    parse(line.split_whitespace().map(OsString::from).collect())
}

fn run_args(line: &str) -> String {
    match parse_line(line) {
        Ok(Command::Run(args)) => format!("{args:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_rows_are_consistent() {
    Line::command().debug_assert();
    run::Args::command().debug_assert();
}

#[test]
fn what_follows_the_file_belongs_to_the_applet() {
    let args = run_args("applet run --stats x.asm --stats --mode real -h -- --json");
    let line = r#"line: ["x.asm", "--stats", "--mode", "real", "-h", "--", "--json"]"#;
    assert!(args.contains(line), "{args}");
    assert!(args.contains("stats: true") && args.contains("json: false"), "{args}");
    assert!(args.contains("mode: None"), "{args}");
    assert!(run_args("applet run - a").contains(r#"line: ["-", "a"]"#));
}

#[test]
fn the_flags_of_run_are_read() {
    let args = run_args(
        "applet run --raw --mode real --org 0x1000 --reg ax=2 --reg bx=0x2 --memory 2M \
         --timeout none --max-output 1K --seed 7 --ring 0 --backend kvm x.bin",
    );
    for part in [
        "mode: Some(Real)",
        "org: Some(4096)",
        r#"reg: [("ax", 2), ("bx", 2)]"#,
        "memory: Some(2097152)",
        "timeout: Some(Never)",
        "max_output: Some(1024)",
        "seed: Some(7)",
        "ring: Some(0)",
        "backend: Kvm",
    ] {
        assert!(args.contains(part), "{part} in {args}");
    }
}

#[test]
fn wrong_usage_is_status_2() {
    for line in [
        "applet run",
        "applet run --mode loong x.asm",
        "applet run --ring 1 x.asm",
        "applet run --memory 16X x.asm",
        "applet run --reg ax x.asm",
        "applet run --frob x.asm",
        "applet frob",
    ] {
        let error = parse_line(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn run_is_the_same_row_alone_and_among_the_others() {
    let mut line = Line::command();
    line.build();
    let among = line.find_subcommand("run").unwrap().clone().render_long_help().to_string();
    let mut alone = run::Args::command();
    alone.build();
    assert_eq!(alone.render_long_help().to_string(), among);
}
