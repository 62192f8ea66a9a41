//! `man`: what the pages have, and that their examples work.

use super::support::Place;
use crate::support::{Needs, Tests, add, shell};

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        the_page_has_its_sections,
        the_page_of_a_command_leads_to_the_other,
        the_examples_work,
    );
}

/// The text of a page, without the escapes of roff.
fn page(line: &str) -> String {
    Place::new().call(line).ok().text().replace("\\-", "-").replace("\\*(Aq", "'")
}

fn the_page_has_its_sections() {
    let page = page("man");
    for part in [
        "\n.SH \"EXIT STATUS\"\n",
        "\n\\fB134\\fR\nit faulted\n",
        "\n.SH PORTS\n",
        "\n\\fB0xE3 EXIT (out)\\fR\nends the applet with this code\n",
        "\n\\fB0x3F8 to 0x3FF COM1 (in and out)\\fR\n",
        "\n.SH ENVIRONMENT\n",
        "\n\\fBNO_COLOR\\fR\n",
        "\n.SH EXAMPLES\n",
        "\n\\fBapplet man run | man -l -\\fR\n",
        "\n\\fBman applet-run\\fR\n",
    ] {
        assert!(page.contains(part), "no `{part}` in:\n{page}");
    }
}

fn the_page_of_a_command_leads_to_the_other() {
    let page = page("man run");
    for part in ["applet-run", "\n.SH \"SEE ALSO\"\n\\fBapplet\\fR(1):"] {
        assert!(page.contains(part), "no `{part}` in:\n{page}");
    }
    Place::new().call("man frob").failed(1, &["no subcommand `frob`"]);
}

fn the_examples_work() {
    let page = page("man");
    let (_, examples) = page.split_once("\n.SH EXAMPLES\n").expect("examples");
    let bold = examples.lines().filter_map(|line| line.strip_prefix("\\fB"));
    let commands: Vec<_> = bold.filter_map(|line| line.strip_suffix("\\fR")).collect();
    assert!(commands.len() > 5, "{examples}");
    let place = Place::new();
    for command in commands {
        let shown = shell(place.path(), &format!("{command} && echo done")).expect("a shell");
        assert!(shown.ends_with("done\n"), "{command}: {shown}");
    }
}
