//! Replays the guide's worked sessions: the blocks of a page marked `sh session`, as one script.

use std::fs;

use super::*;
use sapi_tests::program::program;

/// Runs a page's session against the example shell with the settings that the page itself shows.
fn replay(page: &str) {
    let path = format!("{}/../docs/operators/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let place = place(&[]);
    let here = place.path().display().to_string();
    let moved = |text: &str| {
        text.replace("/var/lib/sapi", &here)
            .replace("/run/sapi/sapi.sock", &place.socket().display().to_string())
            .replace(
                "/etc/sapi/sapi.toml",
                &place.file("sapi.toml").display().to_string(),
            )
            .replace("/var/lib/ca", &here)
            .replace("sudo -u sapi ", "")
    };
    // Tables follow the dotted keys that every place has. The session's curl takes nginx's place.
    let uid = rustix::process::getuid().as_raw();
    settle(&place, &[&format!("proxy.trusted_uids = [{uid}]\n")]);
    let tables = moved(&blocks(&text, "toml session").concat());
    let mut settings = fs::read_to_string(place.file("sapi.toml")).unwrap();
    settings.push_str(&format!("\n{tables}"));
    fs::write(place.file("sapi.toml"), settings).unwrap();
    let shell = serve(&place);
    let session = blocks(&text, "sh session");
    assert!(!session.is_empty(), "{page} has no session");
    let script = format!("set -euxo pipefail\n{}", moved(&session.concat()));
    let programs = binary("ca_approve").parent().unwrap().display().to_string();
    let mut command = program("bash");
    command
        .args(["-c", &script])
        .current_dir(tempfile::tempdir_in(place.path()).unwrap().keep())
        .env(
            "PATH",
            format!("{programs}:{}", std::env::var("PATH").unwrap()),
        )
        .env("SAPI_HOOKS__APPROVALS__FOLDER", place.file("approvals"))
        .env("SAPI_HOOKS__JOURNAL__FOLDER", place.file("journal"))
        .env("SAPI_CA_PATH", place.path())
        .env("LOGNAME", "alice");
    let outcome = run(&mut command);
    assert_eq!(
        outcome.code,
        Some(0),
        "{page}\n{}\n{}\n{}",
        outcome.stdout,
        outcome.stderr,
        shell.log()
    );
    for block in blocks(&text, "text session") {
        for line in block.lines() {
            assert!(
                outcome.stdout.contains(line),
                "{page}: {line:?} is not in\n{}",
                outcome.stdout
            );
        }
    }
}

/// The blocks with this mark.
fn blocks(text: &str, mark: &str) -> Vec<String> {
    let opening = format!("```{mark}");
    let mut blocks = Vec::new();
    let mut inside: Option<String> = None;
    for line in text.lines() {
        match &mut inside {
            None if line == opening => inside = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(inside.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn approvals() {
    replay("approvals.md");
}

#[test]
fn renewal() {
    replay("renewal.md");
}

#[test]
fn journal() {
    replay("journal.md");
}
