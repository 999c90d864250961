//! `ca_create_identity` in a place with an identity.

use std::fs;
use std::path::Path;

use sapi_tests::terminal::Session;
use sapi_tests::tool::{binary, run};

use super::{create, listing, load_with, old_identity};

#[test]
fn without_a_terminal_it_is_kept() {
    let directory = old_identity();
    let before = listing(directory.path());
    run(create(directory.path()).args(["-f", "CN", "new"]))
        .expect(1)
        .says(&[
            "an identity exists and was kept",
            "ca.private_key.pem",
            "there is no terminal",
        ]);
    assert_eq!(listing(directory.path()), before);
}

#[test]
fn any_file_of_it_counts() {
    for name in [
        "ca.crt.pem",
        "ca.cert.pem",
        "ca.csr.pem",
        "ca.public_key.pem",
        "ca.chain.pem",
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(name), "precious").unwrap();
        run(create(directory.path()).args(["-f", "CN", "new"]))
            .expect(1)
            .says(&[name]);
        assert_eq!(listing(directory.path()).len(), 1);
    }
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("nowhere", directory.path().join("ca.private_key.pem")).unwrap();
    run(create(directory.path()).args(["-f", "CN", "new"])).expect(1);
}

#[test]
fn declined_at_a_terminal_it_is_kept() {
    for answer in ["n\n", "\n", "no\n", "x\n", "\u{4}"] {
        let directory = old_identity();
        let before = listing(directory.path());
        let mut session = start(directory.path());
        session.sees("[y/N]");
        session.types(answer);
        let (code, shown) = session.finish();
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("was kept"), "{shown}");
        assert_eq!(listing(directory.path()), before);
    }
}

#[test]
fn accepted_at_a_terminal_it_moves_into_a_dated_folder() {
    let directory = old_identity();
    fs::write(directory.path().join("index.txt"), "not ours").unwrap();
    let before = listing(directory.path());
    let mut session = start(directory.path());
    session.sees("[y/N]");
    session.types("y\n");
    session.sees("New passphrase");
    session.types("fresh\n");
    session.sees("again");
    session.types("fresh\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        !shown.contains("fresh"),
        "the passphrase is not shown: {shown}"
    );

    let folder = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let folders: Vec<_> = folder.filter(|path| path.is_dir()).collect();
    let [folder] = &folders[..] else {
        panic!("{folders:?}")
    };
    let name = folder.file_name().unwrap().to_str().unwrap();
    let stamp = name.strip_prefix("replaced-").unwrap();
    assert!(
        stamp.len() == 16 && stamp.ends_with('Z') && shown.contains(name),
        "{name}"
    );
    for (path, content) in before {
        let name = path.file_name().unwrap();
        let place = if name == "index.txt" {
            path.clone()
        } else {
            folder.join(name)
        };
        assert_eq!(fs::read(place).unwrap(), content, "{}", path.display());
    }
    load_with(folder, "hush").unwrap();
    load_with(directory.path(), "fresh").unwrap();
}

#[test]
fn accepted_but_without_a_passphrase_nothing_moves() {
    let directory = old_identity();
    let before = listing(directory.path());
    let mut session = start(directory.path());
    session.sees("[y/N]");
    session.types("y\n");
    session.sees("New passphrase");
    session.types("one\n");
    session.sees("again");
    session.types("other\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(78), "{shown}");
    assert!(shown.contains("the two passphrases differ"), "{shown}");
    assert_eq!(listing(directory.path()), before);
}

fn start(directory: &Path) -> Session {
    let path = directory.to_str().unwrap();
    Session::start(
        &binary("ca_create_identity"),
        ["--ca-path", path, "-f", "CN", "new"],
    )
}
