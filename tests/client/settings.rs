//! Settings, and what the program says about itself.

use std::fs;

use sapi_tests::tool::run;

use super::{Scene, bare};

#[test]
fn flags_before_environment_before_file() {
    let scene = Scene::new();
    let file = scene.place.file("web.toml");
    let text = format!(
        "url = {:?}\nclient = \"file\"\ndir = {:?}\nname = [\"DNS:file.example\"]\nca_file = {:?}\ntls_ca_file = {:?}\nonce = true\n",
        scene.nginx.url(""),
        scene.dir("all"),
        scene.place.file("ca.cert.pem"),
        scene.nginx.authority(),
    );
    fs::write(&file, text).unwrap();
    let with = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = bare();
        command
            .arg("--config")
            .arg(&file)
            .args(flags)
            .envs(variables.iter().copied());
        run(&mut command)
    };
    with(&[], &[]).expect(0);
    with(
        &[],
        &[
            ("SAPI_CLIENT_CLIENT", "env"),
            ("SAPI_CLIENT_NAME", "DNS:a.example,DNS:b.example"),
        ],
    )
    .expect(0);
    with(
        &["--client", "flag", "--name", "DNS:c.example"],
        &[("SAPI_CLIENT_CLIENT", "env")],
    )
    .expect(0);
    assert_eq!(
        ["file", "env", "flag"].map(|client| scene.asked(client)),
        [1, 1, 1]
    );
    // It overrides `once` in the file.
    with(
        &["--client", "approve1", "--name", "DNS:d.example", "--wait"],
        &[],
    )
    .expect(0);
    let mut by_variable = bare();
    by_variable
        .env("SAPI_CLIENT_CONFIG", &file)
        .env("SAPI_CLIENT_ONCE", "1")
        .env("SAPI_CLIENT_CLIENT", "later");
    run(by_variable.env("SAPI_CLIENT_NAME", "DNS:e.example")).expect(69);
}

#[test]
fn bad_settings_are_78_and_named() {
    let scene = Scene::new();
    run(&mut bare()).expect(78).says(&["url is missing"]);
    run(bare().arg("--no-such-flag")).expect(78);
    run(bare().args(["--once", "--wait"])).expect(78);
    run(scene.client("web-01").arg("--once"))
        .expect(78)
        .says(&["client: "]);
    run(&mut scene.stranger("web01"))
        .expect(78)
        .says(&["ca-file or ca-fingerprint is missing"]);
    run(scene.client("web01").args(["--key", "dsa"]))
        .expect(78)
        .says(&["is not one of rsa:2048"]);
    run(scene.client("web01").args(["--owner", "no-such-user"]))
        .expect(78)
        .says(&["owner: there is no user"]);
    run(scene.client("web01").args(["--name", "DNS:a b"]))
        .expect(78)
        .says(&["name: "]);
    let file = scene.place.file("bad.toml");
    for (text, says) in [
        ("client_id = \"a\"", "client_id"),
        ("client = 1", "client"),
        ("client = ", "bad.toml"),
    ] {
        fs::write(&file, text).unwrap();
        run(bare().arg("--config").arg(&file))
            .expect(78)
            .says(&["bad.toml: ", says]);
    }
    run(bare().args(["--config", "/no/such/file"]))
        .expect(78)
        .says(&["/no/such/file: "]);
    assert_eq!(scene.asked("web01"), 0);
}

#[test]
fn several_certificates_from_one_directory_and_one_failure_does_not_stop_the_rest() {
    let scene = Scene::new();
    let folder = scene.place.file("conf");
    fs::create_dir(&folder).unwrap();
    let put = |name: &str, client: &str| {
        let text = format!("client = {client:?}\ndir = {:?}\n", scene.dir(name));
        fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    };
    let all = || {
        let mut command = bare();
        command
            .args(["--once", "--url", &scene.nginx.url(""), "--config-dir"])
            .arg(&folder);
        command
            .arg("--ca-file")
            .arg(scene.place.file("ca.cert.pem"));
        command.arg("--tls-ca-file").arg(scene.nginx.authority());
        run(&mut command)
    };
    all().expect(78).says(&["it contains no file *.toml"]);
    put("c", "web01");
    put("d", "web02");
    all().expect(0);
    put("a", "later");
    fs::remove_dir_all(scene.dir("d")).unwrap();
    all()
        .expect(69)
        .says(&["a: error: the request is not decided yet"]);
    scene.verifies("d");
    put("b", "deny");
    fs::remove_dir_all(scene.dir("d")).unwrap();
    all().expect(77).says(&["a: error: ", "b: error: rejected"]);
    scene.verifies("d");
    fs::write(folder.join("0.toml"), "nonsense").unwrap();
    fs::copy(folder.join("c.toml"), folder.join("c2.toml")).unwrap();
    fs::write(folder.join("notes.txt"), "not a settings file").unwrap();
    fs::remove_dir_all(scene.dir("d")).unwrap();
    all().expect(78).says(&[
        "0: error: ",
        "c2: error: dir: another file names the same directory",
    ]);
    scene.verifies("d");
}

#[test]
fn help_version_man_page_and_completions() {
    let version = run(bare().arg("--version")).expect(0).stdout;
    assert!(
        version.starts_with(&format!(
            "sapi-client {} (OpenSSL 3.",
            env!("CARGO_PKG_VERSION")
        )),
        "{version}"
    );
    let help = run(bare().arg("--help")).expect(0).stdout;
    let man = run(bare().arg("--generate-man")).expect(0).stdout;
    assert!(
        man.starts_with(".ie") || man.contains(".TH sapi-client 1"),
        "{man:.80}"
    );
    for code in [
        "0 done",
        "1 another run",
        "69 not decided",
        "75 temporary",
        "77 rejected",
        "78 bad settings",
        "127 any",
    ] {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words(&help).contains(code) && words(&man).contains(code),
            "{code}"
        );
    }
    for shell in ["bash", "zsh", "fish"] {
        let text = run(bare().args(["--generate-completion", shell]))
            .expect(0)
            .stdout;
        assert!(
            text.contains("sapi-client") && text.contains("ca-fingerprint"),
            "{shell}"
        );
    }
}

#[test]
fn the_guide_has_every_option_and_every_exit_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/client.md");
    let guide = fs::read_to_string(path).unwrap();
    let help = run(bare().arg("--help")).expect(0).stdout;
    let options: Vec<_> = help
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"))
        .map(|word| word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| {
            !word.is_empty() && !matches!(*word, "help" | "version" | "config" | "config-dir")
        })
        .collect();
    assert!(options.len() > 15, "{help}");
    for option in options {
        assert!(
            guide.contains(&format!("| `{}` |", option.replace('-', "_"))),
            "{option}"
        );
    }
    for code in [0, 1, 69, 75, 77, 78, 127] {
        assert!(guide.contains(&format!("\n| {code} |")), "{code}");
    }
}
