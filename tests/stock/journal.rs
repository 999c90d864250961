//! The journal's files in the hands of others.

use std::fs;

use sapi_stock::Journal;
use sapi_stock::journal::Reason;
use sapi_tests::program::program;
use sapi_tests::tool::openssl;

use super::*;

/// A place with three certificates, the second of them revoked.
fn three() -> (Place, Vec<String>) {
    let place = place(&[
        JOURNAL,
        "hooks.auto_approve.rules.all.client = \"*\"\nhooks.auto_approve.rules.all.validity = \"1h\"\n",
        "hooks.auto_approve.rules.all.name_suffixes = [\".example.com\"]\n",
    ]);
    let shell = serve(&place);
    let serials = ["web01", "web02", "web03"].map(|client| {
        let csr = request(
            place.path(),
            client,
            "/CN=web.example.com",
            "DNS:web.example.com",
        );
        let reply = put(&shell, client, &csr, &[]);
        keep(&place, &format!("{client}.pem"), &reply);
        reply.json()["serial_number"].as_str().unwrap().to_owned()
    });
    let journal = Journal::open(&place.file("journal")).unwrap();
    let serial = serials[1].parse().unwrap();
    journal
        .revoke(&serial, Reason::KeyCompromise, std::time::SystemTime::now())
        .unwrap();
    (place, serials.to_vec())
}

#[test]
fn openssl_ca_makes_a_crl_of_the_index() {
    let (place, serials) = three();
    let folder = place.path();
    fs::write(
        place.file("openssl.cnf"),
        "[ca]\ndefault_ca = own\n[own]\ndatabase = journal/index.txt\ndefault_md = sha256\n\
         default_crl_days = 1\ncertificate = ca.cert.pem\nprivate_key = ca.private_key.pem\n",
    )
    .unwrap();
    let arguments = [
        "ca",
        "-config",
        "openssl.cnf",
        "-gencrl",
        "-passin",
        "pass:hush-hush",
        "-out",
        "crl.pem",
    ];
    let _made = openssl(folder, &arguments);
    let text = openssl(folder, &["crl", "-in", "crl.pem", "-noout", "-text"]);
    assert_eq!(text.matches("Serial Number:").count(), 1, "{text}");
    assert!(text.contains(&serials[1].to_uppercase()), "{text}");
    assert!(text.contains("Key Compromise"), "{text}");
    for (client, code, said) in [
        ("web01", 0, "web01.pem: OK"),
        ("web02", 2, "certificate revoked"),
    ] {
        let outcome = openssl_outcome(
            folder,
            &[
                "verify",
                "-crl_check",
                "-CAfile",
                "ca.cert.pem",
                "-CRLfile",
                "crl.pem",
                &format!("{client}.pem"),
            ],
        );
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(
            outcome.code == Some(code) && all.contains(said),
            "{client}: {all}"
        );
    }
    // openssl may note what has expired; the journal does not mind.
    let _updated = openssl(
        folder,
        &[
            "ca",
            "-config",
            "openssl.cnf",
            "-updatedb",
            "-passin",
            "pass:hush-hush",
        ],
    );
    tool(&place, "ca_journal", "verify", &[]).expect(0);
}

#[test]
fn openssl_ocsp_answers_from_the_index() {
    let (place, _) = three();
    let folder = place.path();
    let plain = [
        "pkey",
        "-in",
        "ca.private_key.pem",
        "-passin",
        "pass:hush-hush",
        "-out",
        "ocsp.key",
    ];
    let _made = openssl(folder, &plain);
    for (client, status) in [
        ("web01", "web01.pem: good"),
        ("web02", "web02.pem: revoked"),
    ] {
        let cert = format!("{client}.pem");
        let request = [
            "ocsp",
            "-issuer",
            "ca.cert.pem",
            "-cert",
            &cert,
            "-no_nonce",
            "-reqout",
            "request.der",
        ];
        let _asked = openssl(folder, &request);
        let respond = [
            "ocsp",
            "-index",
            "journal/index.txt",
            "-CA",
            "ca.cert.pem",
            "-rsigner",
            "ca.cert.pem",
            "-rkey",
            "ocsp.key",
            "-reqin",
            "request.der",
            "-respout",
            "response.der",
        ];
        let _answered = openssl(folder, &respond);
        let read = [
            "ocsp",
            "-issuer",
            "ca.cert.pem",
            "-cert",
            &cert,
            "-no_nonce",
            "-respin",
            "response.der",
            "-CAfile",
            "ca.cert.pem",
        ];
        let outcome = openssl_outcome(folder, &read);
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(all.contains(status), "{all}");
    }
}

#[test]
fn ca_journal_finds_and_lists() {
    let (place, serials) = three();
    let find = |arguments: &[&str]| {
        let found = json(tool(
            &place,
            "ca_journal",
            "find",
            &[arguments, &["--json"]].concat(),
        ));
        let serials = found
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["serial"].as_str().unwrap().to_owned());
        serials.collect::<Vec<_>>()
    };
    let colons: String = serials[0]
        .to_uppercase()
        .as_bytes()
        .chunks(2)
        .map(|pair| format!("{}:", String::from_utf8_lossy(pair)))
        .collect();
    assert_eq!(
        find(&["--serial", colons.trim_end_matches(':')]),
        serials[..1]
    );
    assert_eq!(find(&["--client", "web02"]), serials[1..2]);
    assert_eq!(find(&["--name", "WEB.example.com"]), serials);
    assert_eq!(
        find(&["--name", "DNS:web.example.com", "--valid"]),
        [serials[0].clone(), serials[2].clone()]
    );
    let fingerprint = openssl(
        place.path(),
        &[
            "x509",
            "-in",
            "web03.pem",
            "-noout",
            "-fingerprint",
            "-sha256",
        ],
    );
    let fingerprint = fingerprint
        .trim_end()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(find(&["--fingerprint", &fingerprint]), serials[2..]);
    let pem = tool(
        &place,
        "ca_journal",
        "find",
        &["--client", "web01", "--pem"],
    )
    .expect(0)
    .stdout;
    assert_eq!(pem, fs::read_to_string(place.file("web01.pem")).unwrap());
    let table = tool(&place, "ca_journal", "list", &[]).expect(0).stdout;
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(
        table.contains("revoked") && table.contains("rule all"),
        "{table}"
    );
    tool(&place, "ca_journal", "find", &["--client", "nobody"]).expect(1);
    tool(&place, "ca_journal", "find", &["--serial", "xyz"]).expect(64);
    tool(&place, "ca_journal", "find", &[]).expect(64);
}

#[test]
fn ca_journal_verify_finds_what_was_changed() {
    let (place, _) = three();
    let verify = |arguments: &[&str]| tool(&place, "ca_journal", "verify", arguments);
    let summary = json(verify(&["--json"]));
    assert_eq!(
        (&summary["issued"], &summary["revoked"], &summary["lines"]),
        (&3.into(), &1.into(), &4.into())
    );
    let head = summary["head"].as_str().unwrap().to_owned();
    // Anybody can follow the chain.
    let last = run(program("sh")
        .args(["-c", "tail -n 1 journal.jsonl | sha256sum"])
        .current_dir(place.file("journal")));
    assert!(last.stdout.starts_with(&head), "{}", last.stdout);
    verify(&["--head", &head]).expect(0);
    let (path, index) = (
        place.file("journal/journal.jsonl"),
        place.file("journal/index.txt"),
    );
    let (sound, rows) = (
        fs::read_to_string(&path).unwrap(),
        fs::read_to_string(&index).unwrap(),
    );
    let lines: Vec<_> = sound.split_inclusive('\n').collect();
    for (damage, fault) in [
        (sound.replacen("web02", "web99", 1), "line 2: was altered"),
        (
            [lines[0], lines[2], lines[3]].concat(),
            "line 2: has the number 3",
        ),
        (
            [lines[0], lines[2], lines[1], lines[3]].concat(),
            "line 2: has the number 3",
        ),
        (lines[..2].concat(), "index.txt line 2: says something else"),
        (
            sound.replacen("keyCompromise", "unspecified", 1),
            "line 4: was altered",
        ),
    ] {
        fs::write(&path, damage).unwrap();
        verify(&[]).expect(65).says(&[fault]);
    }
    // Who cuts both files is found by the head that was noted.
    fs::write(&path, lines[..1].concat()).unwrap();
    fs::write(&index, rows.split_inclusive('\n').next().unwrap()).unwrap();
    verify(&[]).expect(0);
    verify(&["--head", &head])
        .expect(65)
        .says(&["none has the hash"]);
    // A service does not start on a journal that was changed.
    fs::write(&path, sound.replacen("web02", "web99", 1)).unwrap();
    run(&mut place.command("sapi-hooks-example", "serve"))
        .expect(78)
        .says(&["line 2: was altered"]);
}
