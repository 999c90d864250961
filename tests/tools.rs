//! The program `ca`: its eleven names, its words, and the links that it makes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use sapi_tests::tool::{Outcome, binary, detached, run};
use tempfile::TempDir;

const NAMES: [&str; 11] = [
    "ca_create_identity",
    "ca_check_identity",
    "ca_install_certificate",
    "ca_roll_identity",
    "ca_change_passphrase",
    "ca_backup",
    "ca_restore",
    "ca_approve",
    "ca_journal",
    "ca_revoke",
    "ca_gen_crl",
];

fn ca(arguments: &[&str]) -> Outcome {
    run(detached(&binary("ca")).args(arguments))
}

fn links(folder: &Path) -> Outcome {
    run(detached(&binary("ca")).arg("links").arg(folder))
}

/// What a tool says to `arguments`: its exit code and both of its outputs.
fn said(program: &Path, word: Option<&str>, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Outcome {
        code,
        stdout,
        stderr,
    } = run(detached(program).args(word).args(arguments));
    (code, stdout, stderr)
}

#[test]
fn every_tool_answers_to_its_name_and_to_its_words() {
    let folder = TempDir::new().unwrap();
    links(folder.path()).expect(0);
    for name in NAMES {
        let plain = name.strip_prefix("ca_").unwrap();
        let hyphened = plain.replace('_', "-");
        for (arguments, code, part) in [
            (&["--help"][..], 0, format!("Usage: {name}")),
            (&["-h"], 0, format!("Usage: {name}")),
            (&["--version"], 0, format!("{name} 0.1.0 (OpenSSL ")),
            (&["--generate-man"], 0, format!(".TH {name} 1")),
            (&["--generate-completion", "bash"], 0, format!("_{name}()")),
            (
                &["--generate-completion", "zsh"],
                0,
                format!("#compdef {name}"),
            ),
            (
                &["--generate-completion", "fish"],
                0,
                format!("complete -c {name} "),
            ),
            (&["--dance"], 64, "unexpected argument '--dance'".to_owned()),
        ] {
            let by_name = said(&folder.path().join(name), None, arguments);
            assert_eq!(by_name.0, Some(code), "{name} {arguments:?}: {by_name:?}");
            let text = if code == 0 { &by_name.1 } else { &by_name.2 };
            assert!(text.contains(&part), "{part:?} is not in {text}");
            for word in [plain, &hyphened] {
                let as_word = said(&binary("ca"), Some(word), arguments);
                assert_eq!(as_word, by_name, "ca {word} {arguments:?}");
            }
        }
    }
}

#[test]
fn the_program_that_cargo_makes_is_the_same_tool() {
    let folder = TempDir::new().unwrap();
    links(folder.path()).expect(0);
    let link = folder.path().join("ca_create_identity");
    for arguments in [
        &["--help"][..],
        &["--generate-man"],
        &["--generate-completion", "zsh"],
        &["-f", "CN"],
        &["--ca-path", "/nonexistent/ca", "-f", "CN", "x"],
    ] {
        let built = said(&binary("ca_create_identity"), None, arguments);
        assert_eq!(built, said(&link, None, arguments), "{arguments:?}");
    }
    // Under any name, as ever.
    let renamed = folder.path().join("renamed");
    fs::copy(binary("ca_create_identity"), &renamed).unwrap();
    let version = run(detached(&renamed).arg("--version")).expect(0).stdout;
    assert!(version.starts_with("ca_create_identity "), "{version}");
}

#[test]
fn ca_lists_its_tools_and_names_what_it_does_not_know() {
    let help = ca(&["--help"]).expect(0).stdout;
    for name in NAMES {
        let word = format!(
            "\n  {} ",
            name.strip_prefix("ca_").unwrap().replace('_', "-")
        );
        assert_eq!(help.matches(&word).count(), 1, "{word:?} in {help}");
    }
    assert!(help.contains("\n  links "), "{help}");
    assert!(
        ca(&["--version"])
            .expect(0)
            .stdout
            .starts_with("ca 0.1.0 (OpenSSL ")
    );
    ca(&[]).expect(64).says(&["Usage: ca", "gen-crl"]);
    ca(&["revok"]).expect(64).says(&["'revok'", "'revoke'"]);
    ca(&["ca_revoke"])
        .expect(64)
        .says(&["unrecognized subcommand"]);
    // A name that is no tool's is the program itself.
    let folder = TempDir::new().unwrap();
    let other = folder.path().join("ca_dance");
    symlink(binary("ca"), &other).unwrap();
    run(detached(&other).arg("--help")).expect(0);
    run(&mut detached(&other)).expect(64);
    run(detached(&other).args(["revoke", "--help"])).expect(0);
}

#[test]
fn ca_has_a_man_page_and_completions_of_its_own() {
    let page = ca(&["--generate-man"]).expect(0).stdout;
    assert!(page.contains(".TH ca 1"), "{page}");
    for name in NAMES {
        assert!(page.contains(&format!("\n  {name}(1)")), "{name} in {page}");
    }
    // There are no pages of these names.
    assert!(!page.contains("ca\\-revoke"), "{page}");
    for shell in ["bash", "zsh", "fish"] {
        let script = ca(&["--generate-completion", shell]).expect(0).stdout;
        for part in ["gen-crl", "links", "publish"] {
            assert!(script.contains(part), "{shell}: {part}");
        }
    }
}

#[test]
fn links_are_relative_and_made_again() {
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("ca");
    fs::copy(binary("ca"), &program).unwrap();
    let make = |to: &str| {
        run(Command::new(&program)
            .arg("links")
            .arg(folder.path().join(to)))
        .expect(0)
    };
    let first = make("");
    assert_eq!(
        first.stdout.lines().count(),
        NAMES.len(),
        "{}",
        first.stdout
    );
    for name in NAMES {
        assert_eq!(
            fs::read_link(folder.path().join(name)).unwrap(),
            Path::new("ca")
        );
    }
    fs::create_dir(folder.path().join("beside")).unwrap();
    make("beside");
    let beside = folder.path().join("beside/ca_revoke");
    assert_eq!(fs::read_link(&beside).unwrap(), Path::new("../ca"));
    run(Command::new(&beside).arg("--version")).expect(0);

    // One that was lost, one that leads here in other words, ten that are as they should be.
    fs::remove_file(folder.path().join("ca_backup")).unwrap();
    fs::remove_file(folder.path().join("ca_revoke")).unwrap();
    symlink(&program, folder.path().join("ca_revoke")).unwrap();
    assert_eq!(make("").stdout, first.stdout);
    for name in NAMES {
        assert_eq!(
            fs::read_link(folder.path().join(name)).unwrap(),
            Path::new("ca")
        );
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, NAMES.len() + 2, "nothing else was made");
}

#[test]
fn a_file_in_the_way_stays_and_is_named() {
    let put: [fn(&Path); 4] = [
        |path| fs::write(path, "mine").unwrap(),
        |path| fs::create_dir(path).unwrap(),
        |path| symlink("/nonexistent/ca", path).unwrap(),
        |path| symlink("/bin/true", path).unwrap(),
    ];
    for put in put {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ca_restore");
        put(&path);
        let before = path.symlink_metadata().unwrap();
        let path = path.display().to_string();
        links(folder.path())
            .expect(73)
            .says(&[&path, "move it away"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let after = Path::new(&path).symlink_metadata().unwrap();
        assert_eq!(after.modified().unwrap(), before.modified().unwrap());
    }
    links(Path::new("/nonexistent/bin"))
        .expect(73)
        .says(&["/nonexistent/bin: "]);
    ca(&["links"]).expect(64).says(&["<DIR>"]);
}
