//! The ready-made hooks in the example shell, and the tools for their files.

mod approve;
mod guide;
mod journal;
mod killed;
mod renew;
mod settings;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};

use sapi_tests::curl::Reply;
use sapi_tests::program::program;
use sapi_tests::shell::{Place, Shell};
use sapi_tests::tool::{Outcome, binary, detached, openssl, run};

/// Settings of the example shell. `HERE` stands for the place's folder.
const JOURNAL: &str = "hooks.journal.folder = \"HERE/journal\"\n";
const APPROVALS: &str =
    "hooks.approvals.folder = \"HERE/approvals\"\nhooks.approvals.validity = \"48h\"\n";

/// A place for the example shell.
fn place(settings: &[&str]) -> Place {
    let place = Place::new("");
    settle(&place, settings);
    place
}

/// Rewrites its settings.
fn settle(place: &Place, settings: &[&str]) {
    let here = place.path().display().to_string();
    place.settings(&settings.concat().replace("HERE", &here));
}

/// Starts the example shell there.
fn serve(place: &Place) -> Shell {
    Shell::start(&mut place.command("sapi-hooks-example", "serve"))
}

/// Makes a key and a request for it, `<stem>.key` and `<stem>.csr`, by the openssl command.
fn request(folder: &Path, stem: &str, subject: &str, names: &str) -> PathBuf {
    let (key, csr) = (format!("{stem}.key"), format!("{stem}.csr"));
    let mut arguments = vec!["req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt"];
    arguments.extend(["ec_paramgen_curve:P-256", "-keyout", &key, "-out", &csr]);
    arguments.extend(["-subj", subject]);
    let names = format!("subjectAltName={names}");
    if !names.ends_with('=') {
        arguments.extend(["-addext", &names]);
    }
    let _made = openssl(folder, &arguments);
    folder.join(csr)
}

/// Sends a request for a client, perhaps with headers.
fn put(shell: &Shell, client: &str, csr: &Path, headers: &[&str]) -> Reply {
    let mut command = shell.curl_command(&format!("/api/csr/{client}"));
    command.arg("-T").arg(csr);
    for header in headers {
        command.args(["-H", header]);
    }
    sapi_tests::curl::run(&mut command)
}

/// One of the tools, with the place's settings.
fn tool(place: &Place, name: &str, task: &str, arguments: &[&str]) -> Outcome {
    let mut command = detached(&binary(name));
    for variable in [
        "SAPI_HOOKS__APPROVALS__FOLDER",
        "SAPI_HOOKS__JOURNAL__FOLDER",
        "SUDO_USER",
    ] {
        command.env_remove(variable);
    }
    command.env("LOGNAME", "alice");
    command
        .arg(task)
        .arg("--config")
        .arg(place.file("sapi.toml"));
    run(command.args(arguments))
}

/// What a tool prints as JSON.
fn json(outcome: Outcome) -> serde_json::Value {
    serde_json::from_str(&outcome.expect(0).stdout).unwrap()
}

/// The certificate of a reply, written to a file.
fn keep(place: &Place, name: &str, reply: &Reply) -> PathBuf {
    assert_eq!(reply.status, 200, "{reply:?}");
    let path = place.file(name);
    fs::write(&path, reply.json()["signed_x509_pem"].as_str().unwrap()).unwrap();
    path
}

/// The output of the openssl command, whatever its exit code.
fn openssl_outcome(folder: &Path, arguments: &[&str]) -> Outcome {
    run(program("openssl").args(arguments).current_dir(folder))
}
