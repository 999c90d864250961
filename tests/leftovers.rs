//! `leftovers.py`, which `run.sh` puts around the tests.

use std::path::Path;

use sapi_tests::program::program;
use sapi_tests::tool::{Outcome, run};

fn around(script: &str) -> Outcome {
    let mut command = program("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("leftovers.py"));
    run(command.args(["sh", "-c", script]))
}

#[test]
fn the_commands_exit_code_is_passed_on() {
    assert_eq!(around("exit 0").expect(0).stderr, "");
    around("exit 3").expect(3);
    around("kill -TERM $$").expect(143);
}

#[test]
fn a_process_that_ends_in_time_is_none_of_them() {
    around("sleep 0.5 >/dev/null 2>&1 & exit 0").expect(0);
}

#[test]
fn what_outlives_the_command_is_named_and_killed() {
    // The second one hides in a session of its own, behind a parent that has ended.
    let script = "sleep 601 & setsid sh -c 'sleep 602 & exit 0'; exit 0";
    let outcome = around(script).expect(1);
    for part in ["left behind", "sleep 601", "sleep 602"] {
        assert!(outcome.stderr.contains(part), "{}", outcome.stderr);
    }
    // They held the pipes that have just been read to their end: so they are gone.
}
