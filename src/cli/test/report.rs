//! The results of cases as text, as JSON, and in the format of JUnit.

use super::judge::{Judged, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// A case that takes at least this long is listed as slow.
const SLOW: Duration = Duration::from_millis(100);

/// The most slow cases that are listed.
const SLOWEST: usize = 5;

/// How many results there are of each kind.
#[derive(Default)]
struct Counts {
    passed: usize,
    blessed: usize,
    failed: usize,
}

impl Counts {
    fn of<'a>(results: impl IntoIterator<Item = &'a Judged>) -> Self {
        let mut counts = Self::default();
        for judged in results {
            *match judged.verdict {
                Verdict::Passed => &mut counts.passed,
                Verdict::Blessed(_) => &mut counts.blessed,
                Verdict::Failed(_) => &mut counts.failed,
            } += 1;
        }
        counts
    }
}

/// For people: the cases that were blessed or failed, and the number of cases of each kind.
pub(super) fn text(results: &[Judged], time: Duration) -> String {
    let mut out = String::new();
    for judged in results {
        let id = judged.id();
        let _ = match &judged.verdict {
            Verdict::Passed | Verdict::Failed(_) => Ok(()),
            Verdict::Blessed(changes) => {
                writeln!(out, "blessed {id}\n{}", indented(&changes.join("\n")))
            }
        };
    }
    for judged in results {
        if let Verdict::Failed(reason) = &judged.verdict {
            let _ = writeln!(out, "FAILED {}\n{}\n", judged.id(), indented(reason));
        }
    }
    let counts = Counts::of(results);
    let some = |count: usize, what: &str| match count {
        0 => String::new(),
        _ => format!("{count} {what}, "),
    };
    let _ = writeln!(
        out,
        "{} passed, {}{} failed in {:.2} s",
        counts.passed,
        some(counts.blessed, "blessed"),
        counts.failed,
        time.as_secs_f64()
    );
    let mut slow: Vec<&Judged> = results.iter().filter(|judged| judged.time >= SLOW).collect();
    slow.sort_by_key(|judged| std::cmp::Reverse(judged.time));
    if !slow.is_empty() {
        let rows = slow.iter().take(SLOWEST);
        let rows = rows.map(|j| format!("{} {:.2} s", j.id(), j.time.as_secs_f64()));
        let _ = writeln!(out, "slowest: {}", rows.collect::<Vec<_>>().join(", "));
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// For scripts: one object. docs/command-line.md describes its keys.
pub(super) fn json(results: &[Judged], time: Duration) -> String {
    let counts = Counts::of(results);
    let case = |judged: &Judged| -> Value {
        let (status, message) = match &judged.verdict {
            Verdict::Passed => ("passed", None),
            Verdict::Blessed(changes) => ("blessed", Some(changes.join("\n"))),
            Verdict::Failed(reason) => ("failed", Some(reason.clone())),
        };
        json!({
            "applet": judged.applet,
            "case": judged.case,
            "status": status,
            "seconds": judged.time.as_secs_f64(),
            "message": message,
        })
    };
    let object = json!({
        "passed": counts.passed,
        "blessed": counts.blessed,
        "failed": counts.failed,
        "seconds": time.as_secs_f64(),
        "cases": results.iter().map(case).collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

/// For continuous integration: a suite for each applet.
pub(super) fn junit(results: &[Judged], time: Duration) -> String {
    let mut suites = BTreeMap::<&str, Vec<&Judged>>::new();
    for judged in results {
        suites.entry(&judged.applet).or_default().push(judged);
    }
    let counts = Counts::of(results);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"applet\" tests=\"{}\" failures=\"{}\" skipped=\"0\" time=\"{:.3}\">",
        results.len(),
        counts.failed,
        time.as_secs_f64()
    );
    for (applet, cases) in suites {
        let counts = Counts::of(cases.iter().copied());
        let time: Duration = cases.iter().map(|judged| judged.time).sum();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"0\" time=\"{:.3}\">",
            xml(applet),
            cases.len(),
            counts.failed,
            time.as_secs_f64()
        );
        for judged in cases {
            junit_case(&mut out, judged);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn junit_case(out: &mut String, judged: &Judged) {
    let _ = write!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        xml(&judged.applet),
        xml(&judged.case),
        judged.time.as_secs_f64()
    );
    match &judged.verdict {
        Verdict::Passed | Verdict::Blessed(_) => out.push_str("/>\n"),
        Verdict::Failed(reason) => {
            let first = reason.lines().next().unwrap_or_default();
            let _ = writeln!(
                out,
                ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                xml(first),
                xml(reason)
            );
        }
    }
}

/// A text as XML 1.0 can hold it: what is no character there (2.2) is replaced.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Vec<Judged> {
        let judged = |case: &str, verdict, ms| Judged {
            applet: "a".to_owned(),
            case: case.to_owned(),
            verdict,
            time: Duration::from_millis(ms),
        };
        vec![
            judged("one", Verdict::Passed, 99),
            judged("two", Verdict::Failed("stdout: <x>\n-\x1b\"".to_owned()), 200),
            judged("three", Verdict::Passed, 0),
            judged("four", Verdict::Blessed(vec!["stdout: new, 3 bytes".to_owned()]), 1500),
            Judged::problem("b", "no cases".to_owned()),
        ]
    }

    #[test]
    fn people_read_what_is_not_as_expected_and_what_is_slow() {
        let text = text(&results(), Duration::from_secs(2));
        let expected = "blessed a/four\n  stdout: new, 3 bytes\n\
                        FAILED a/two\n  stdout: <x>\n  -\x1b\"\n\nFAILED b\n  no cases\n\n\
                        2 passed, 1 blessed, 2 failed in 2.00 s\n\
                        slowest: a/four 1.50 s, a/two 0.20 s\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn scripts_read_all_of_it() {
        let value: Value = serde_json::from_str(&json(&results(), Duration::from_secs(2))).unwrap();
        assert_eq!((&value["passed"], &value["failed"]), (&json!(2), &json!(2)));
        let case = &value["cases"][1];
        assert_eq!((&case["applet"], &case["case"]), (&json!("a"), &json!("two")));
        assert_eq!((&case["status"], &case["seconds"]), (&json!("failed"), &json!(0.2)));
        assert_eq!(value["cases"][3]["message"], "stdout: new, 3 bytes");
    }

    #[test]
    fn junit_has_a_suite_for_each_applet() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <testsuites name=\"applet\" tests=\"5\" failures=\"2\" skipped=\"0\" time=\"2.000\">\n  \
            <testsuite name=\"a\" tests=\"4\" failures=\"1\" skipped=\"0\" time=\"1.799\">\n    \
            <testcase classname=\"a\" name=\"one\" time=\"0.099\"/>\n    \
            <testcase classname=\"a\" name=\"two\" time=\"0.200\">\n      \
            <failure message=\"stdout: &lt;x&gt;\">stdout: &lt;x&gt;\n-\u{fffd}&quot;</failure>\n    \
            </testcase>\n    \
            <testcase classname=\"a\" name=\"three\" time=\"0.000\"/>\n    \
            <testcase classname=\"a\" name=\"four\" time=\"1.500\"/>\n  \
            </testsuite>\n  \
            <testsuite name=\"b\" tests=\"1\" failures=\"1\" skipped=\"0\" time=\"0.000\">\n    \
            <testcase classname=\"b\" name=\"\" time=\"0.000\">\n      \
            <failure message=\"no cases\">no cases</failure>\n    </testcase>\n  \
            </testsuite>\n</testsuites>\n";
        assert_eq!(junit(&results(), Duration::from_secs(2)), expected);
    }
}
