//! Private keys: the forms that are adopted, and those that are refused.

use std::fs;
use std::path::Path;

use sapi_tests::program::program;
use sapi_tests::tool::{openssl, run};

use super::{CA, certify, check, chmod, load_with, old_identity};

/// Makes a plain key in the file `plain`.
fn plain(directory: &Path, algorithm: &str) {
    let options: &[&str] = match algorithm {
        "rsa" => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "rsa1024" => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
        "p256" => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384" => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "p521" => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "secp256k1" => &[
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:secp256k1",
        ],
        "explicit" => &[
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-pkeyopt",
            "ec_param_enc:explicit",
        ],
        other => &["-algorithm", other],
    };
    let mut arguments = vec!["genpkey", "-out", "plain"];
    arguments.extend(options);
    openssl(directory, &arguments);
}

/// Locks it with `hush`, in the given form.
fn lock(directory: &Path, form: &[&str]) {
    let mut arguments = form.to_vec();
    arguments.extend([
        "-in",
        "plain",
        "-passout",
        "pass:hush",
        "-out",
        "ca.private_key.pem",
    ]);
    openssl(directory, &arguments);
    chmod(&directory.join("ca.private_key.pem"), 0o640);
    fs::remove_file(directory.join("plain")).unwrap();
}

const PBKDF2: &[&str] = &["pkcs8", "-topk8", "-v2", "aes-256-cbc"];
const SCRYPT: &[&str] = &["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-scrypt"];
const TRIPLE: &[&str] = &["pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1"];

#[test]
fn every_form_is_adopted() {
    let old = |kind: &'static str, cipher: &'static str| {
        vec![kind, "-traditional", cipher]
            .into_iter()
            .filter(move |word| kind == "rsa" || *word != "-traditional")
            .collect::<Vec<_>>()
    };
    let mut forms = vec![
        ("rsa", old("rsa", "-aes256")),
        ("rsa", old("rsa", "-aes128")),
        ("rsa", old("rsa", "-des3")),
        ("p256", old("ec", "-aes256")),
        ("p256", old("ec", "-des3")),
        ("p384", old("ec", "-aes128")),
        ("p521", old("ec", "-aes256")),
    ];
    for algorithm in ["rsa", "p256", "p384", "p521", "ED25519"] {
        forms.extend([(algorithm, PBKDF2.to_vec()), (algorithm, SCRYPT.to_vec())]);
    }
    forms.push(("rsa", TRIPLE.to_vec()));
    for (algorithm, form) in forms {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        plain(path, algorithm);
        lock(path, &form);
        certify(path, CA);
        let loaded = load_with(path, "hush").unwrap_or_else(|error| panic!("{form:?}: {error}"));
        assert!(loaded.warnings.is_empty() && loaded.chain.is_empty());
        let error = load_with(path, "wrong").unwrap_err().to_string();
        assert_eq!(error, "ca.private_key.pem: wrong passphrase", "{form:?}");
        let pem = fs::read_to_string(path.join("ca.private_key.pem")).unwrap();
        let legacy = matches!(form[0], "rsa" | "ec");
        assert_eq!(
            pem.contains("Proc-Type: 4,ENCRYPTED"),
            legacy,
            "{form:?}: {pem}"
        );
        let table = run(&mut check(path)).expect(0).stdout;
        assert!(
            table.contains("unlocked, signs for the certificate"),
            "{table}"
        );
    }
}

#[test]
fn ml_dsa_is_adopted_where_openssl_makes_such_keys() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let mut make = program("openssl");
    make.args(["genpkey", "-algorithm", "ML-DSA-65", "-out", "plain"]);
    let made = run(make.current_dir(path));
    if openssl::version::number() < 0x3050_0000 {
        // The command has the library's version, so there is no such key to adopt.
        made.expect(1).says(&["ML-DSA-65"]);
        return;
    }
    made.expect(0);
    lock(path, PBKDF2);
    certify(path, CA);
    load_with(path, "hush").unwrap();
}

#[test]
fn unacceptable_kinds_are_refused() {
    for (algorithm, part) in [
        ("rsa1024", "RSA of 1024 bits"),
        ("secp256k1", "EC on the curve secp256k1"),
        ("explicit", "EC on an unnamed curve"),
        ("ED448", "the key is ED448"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        plain(directory.path(), algorithm);
        lock(directory.path(), PBKDF2);
        certify(directory.path(), CA);
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert!(
            error.starts_with("ca.private_key.pem: ") && error.contains(part),
            "{error}"
        );
    }
}

#[test]
fn plain_key_is_refused_with_a_command_that_locks_it() {
    for form in [&["rsa", "-traditional"][..], &["pkey"]] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        plain(path, "rsa");
        certify_plain(path, form);
        let error = load_with(path, "hush").unwrap_err().to_string();
        let (what, script) = error.split_once("lock it with: ").unwrap();
        assert_eq!(what, "ca.private_key.pem: the key is not encrypted; ");
        run(&mut check(path)).expect(1);

        // Run the command as printed, but with the passphrase, which nobody can type here.
        let script = script.replace("-topk8", "-topk8 -passout pass:hush");
        run(program("sh").args(["-ec", &script]).current_dir(path)).expect(0);
        load_with(path, "hush").unwrap();
    }
}

/// A plain key in the CA's place, and its certificate.
fn certify_plain(directory: &Path, form: &[&str]) {
    let mut arguments = form.to_vec();
    arguments.extend(["-in", "plain", "-out", "ca.private_key.pem"]);
    openssl(directory, &arguments);
    chmod(&directory.join("ca.private_key.pem"), 0o600);
    certify(directory, CA);
}

#[test]
fn key_of_another_certificate_is_refused() {
    let (one, other) = (old_identity(), old_identity());
    fs::copy(
        other.path().join("ca.private_key.pem"),
        one.path().join("ca.private_key.pem"),
    )
    .unwrap();
    let error = load_with(one.path(), "hush").unwrap_err().to_string();
    assert_eq!(
        error,
        "ca.private_key.pem: is not the key of the certificate in ca.cert.pem"
    );
    let table = run(&mut check(one.path())).expect(1).stdout;
    assert!(table.contains("FAULT    private key"), "{table}");
}

#[test]
fn forgotten_cipher_is_told_from_a_wrong_passphrase() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    plain(path, "rsa");
    let made = run(program("openssl")
        .args([
            "rsa",
            "-in",
            "plain",
            "-traditional",
            "-des",
            "-passout",
            "pass:hush",
        ])
        .args([
            "-provider",
            "legacy",
            "-provider",
            "default",
            "-out",
            "ca.private_key.pem",
        ])
        .current_dir(path));
    made.expect(0);
    fs::copy(
        old_identity().path().join("ca.cert.pem"),
        path.join("ca.cert.pem"),
    )
    .unwrap();
    chmod(&path.join("ca.private_key.pem"), 0o600);
    let error = load_with(path, "hush").unwrap_err().to_string();
    assert_eq!(
        error,
        "ca.private_key.pem: locked with a cipher that this OpenSSL does not have"
    );
}
