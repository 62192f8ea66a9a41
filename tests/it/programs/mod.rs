//! The real binary, driven as a user drives it: programs, exit codes, and every bad end.
//!
//! Knows the command line, the messages and nothing of the library. Without a usable KVM the tests
//! are shown as ignored, or fail if `APPLET_REQUIRE_KVM=1`.

mod boot_sectors;
mod causes;
mod endings;
mod host;
mod origin;
mod running;
mod support;

use crate::support::Tests;

pub(crate) fn tests(tests: &mut Tests) {
    tests.within("origin", origin::tests);
    tests.within("running", running::tests);
    tests.within("boot sectors", boot_sectors::tests);
    tests.within("causes", causes::tests);
    tests.within("endings", endings::tests);
    tests.within("host", host::tests);
}
