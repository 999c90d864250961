//! What the commands do when nobody reads on.

use std::process::{Command, Stdio};

use sapi_tests::tool::{binary, finish, forget_variables};

#[test]
fn a_reader_that_has_read_enough_is_no_mishap() {
    let shell = binary("test-shell");
    for arguments in [
        &["completions", "bash"][..],
        &["man"],
        &["config"],
        &["demo", "--once"],
    ] {
        let mut command = Command::new(&shell);
        forget_variables(&mut command);
        let child = command
            .args(arguments)
            .stdout(closed_pipe())
            .stderr(Stdio::piped())
            .spawn();
        let outcome = finish(child.unwrap());
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}
