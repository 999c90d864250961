//! The worked sessions of the operator's guide, run as they stand: `sh` blocks, one after the other.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sapi::testing::RequestBuilder;
use sapi_tests::program::program;
use sapi_tests::tool::{binary, forget_variables, run};

use super::place::Place;

#[test]
fn intermediate() {
    let place = Place::new();
    for entry in fs::read_dir(place.ca.path()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    session("intermediate", &place);
}

#[test]
fn rollover() {
    session("rollover", &Place::new());
}

#[test]
fn backup() {
    session("backup", &Place::new());
}

#[test]
fn revocation() {
    session("revocation", &Place::new());
}

/// Runs a page where `/var/lib/ca` and its like are folders of the test.
fn session(page: &str, place: &Place) {
    let folder = tempfile::TempDir::with_prefix("sapi-guide-").unwrap();
    let here = folder.path();
    fs::create_dir(here.join("etc")).unwrap();
    let passphrase = here.join("etc/ca-passphrase");
    fs::write(&passphrase, "hush\n").unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o400)).unwrap();
    let programs = programs(here, place);
    for client in ["web01", "web02", "web03"] {
        let request = RequestBuilder::new().common_name(client).build();
        fs::write(here.join(format!("{client}.csr")), request.pem()).unwrap();
        if page != "intermediate" {
            fs::copy(place.leaf(client), here.join(format!("{client}.crt"))).unwrap();
        }
    }
    let blocks = blocks(page);
    assert!(blocks.len() >= 3, "{page}: {blocks:?}");
    for block in blocks {
        let script = block
            .replace("/var/lib/ca-", &format!("{}/ca-", here.display()))
            .replace("/var/lib/ca", &place.ca.path().display().to_string())
            .replace(
                "/var/lib/sapi/journal",
                &place.journal().display().to_string(),
            )
            .replace("/var/lib/sapi-crl", &place.public().display().to_string())
            .replace("/etc/sapi", &here.join("etc").display().to_string());
        assert!(!script.contains("/var/lib/"), "{script}");
        let mut command = program("setsid");
        forget_variables(&mut command);
        command.args(["--wait", "bash", "-euc", &script]);
        command.env("PATH", &programs).current_dir(here);
        command.env("SAPI_CA_PATH", place.ca.path());
        command.env("SAPI_PASSPHRASE_FILE", &passphrase);
        let outcome = run(&mut command);
        assert_eq!(
            outcome.code,
            Some(0),
            "{page}: {block}\n{}{}",
            outcome.stdout,
            outcome.stderr
        );
    }
}

/// The tools, with folders of the test where they are not told of others; a shell that grants everything.
fn programs(here: &Path, place: &Place) -> String {
    let folder = here.join("bin");
    fs::create_dir(&folder).unwrap();
    let shim = |name: &str, program: &str, arguments: &str| {
        let program = binary(program);
        let script = format!("#!/bin/sh\nexec {} {arguments} \"$@\"\n", program.display());
        let path = folder.join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let journal = format!("--folder {}", place.journal().display());
    let publish = format!("{journal} --publish {}", place.public().display());
    shim("ca_revoke", "ca_revoke", &journal);
    shim("ca_gen_crl", "ca_gen_crl", &publish);
    shim("sapi-hooks-example", "test-shell", "");
    let built = binary("ca_backup");
    let built = built.parent().unwrap().display();
    let path = std::env::var("PATH").unwrap();
    format!("{}:{built}:{path}", folder.display())
}

/// The blocks marked `sh` and nothing else.
fn blocks(page: &str) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operators");
    let text = fs::read_to_string(docs.join(format!("{page}.md"))).unwrap();
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match (&mut block, line) {
            (None, "```sh") => block = Some(String::new()),
            (Some(_), "```") => blocks.extend(block.take()),
            (Some(block), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}
