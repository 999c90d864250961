//! The list that `ca_gen_crl` publishes: its form, its number, its dates, and whose it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::tool::{finish, openssl, run};
use tempfile::TempDir;

use super::crl_judges::{by_openssl, is_revoked, number, text};
use super::place::{Place, serial};
use super::{ca, tool, write};

#[test]
fn the_list_says_what_rfc_5280_wants() {
    let place = Place::new();
    let (one, two) = (place.leaf("web01"), place.leaf("web02"));
    place
        .revoke(&["--serial", &serial(&one), "--reason", "KEYCOMPROMISE"])
        .expect(0);
    place.revoke(&["--serial", &serial(&two)]).expect(0);
    place.publish(&["--validity", "3d"]).expect(0);
    let shown = text(&place.list());
    for part in [
        "Version 2 (0x1)",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Issuer: CN = ca.net",
        "X509v3 Authority Key Identifier",
        "X509v3 CRL Number: \n                1",
        &format!("Serial Number: {}", serial(&one)),
        "X509v3 CRL Reason Code: \n                Key Compromise",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Unspecified is said by saying nothing.
    assert_eq!(shown.matches("Reason Code").count(), 1, "{shown}");
    let list = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    let span = list
        .last_update()
        .diff(list.next_update().unwrap())
        .unwrap();
    assert_eq!((span.days, span.secs), (3, 0));
    // Both forms are one list, and everybody may read them.
    let pem = fs::read(place.public().join("ca.crl.pem")).unwrap();
    let same = openssl::x509::X509Crl::from_pem(&pem).unwrap();
    assert_eq!(same.to_der().unwrap(), list.to_der().unwrap());
    use std::os::unix::fs::PermissionsExt;
    for name in ["ca.crl", "ca.crl.pem"] {
        let mode = fs::metadata(place.public().join(name))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o644);
    }
}

#[test]
fn a_ca_that_may_not_sign_lists_does_not() {
    let place = Place::new();
    let path = place.ca.path();
    let mut line = vec![
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.private_key.pem",
        "-days",
        "99",
    ];
    line.extend([
        "-passin",
        "pass:hush",
        "-subj",
        "/CN=ca.net",
        "-out",
        "ca.cert.pem",
    ]);
    line.extend([
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-config",
        "cnf",
    ]);
    line.extend(["-addext", "keyUsage=critical,keyCertSign"]);
    write(path, "cnf", "[req]\ndistinguished_name = dn\n[dn]\n");
    openssl(path, &line);
    place
        .publish(&[])
        .expect(78)
        .says(&["keyUsage does not say cRLSign"]);
    // As the message says.
    run(tool("ca_roll_identity", path).arg("--same-key")).expect(0);
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    place.publish(&[]).expect(0);
}

#[test]
fn no_number_comes_twice_whoever_is_killed() {
    let place = Place::new();
    let mut seen = BTreeSet::new();
    for round in 0..4_u64 {
        let mut running: Vec<_> = (0..4)
            .map(|_| {
                let mut command = place.command();
                command.arg("--json").stdin(Stdio::null());
                command.stdout(Stdio::piped()).stderr(Stdio::null());
                Running::start(&mut command)
            })
            .collect();
        // Wherever they are just then.
        sleep(Duration::from_millis(40 + 30 * round));
        for child in running.iter_mut().take(2) {
            child.end();
        }
        for child in running {
            let shown = finish(child).stdout;
            // A killed one may have said nothing, or be killed after it said it.
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&shown) {
                let number = json["number"].as_u64().unwrap();
                assert!(seen.insert(number), "{number} came twice");
            }
        }
    }
    place.publish(&[]).expect(0);
    let newest = number(&place.list());
    assert!(
        seen.iter().all(|number| *number < newest),
        "{seen:?} {newest}"
    );
    assert!(!is_revoked(
        &place.ca_pem(),
        &place.public(),
        &place.leaf("web01")
    ));
    // Lost: the published list remembers.
    fs::remove_file(place.journal().join("crlnumber")).unwrap();
    place.publish(&[]).expect(0);
    assert_eq!(number(&place.list()), newest + 1);
}

#[test]
fn a_clock_that_went_back_does_not_make_the_list_older_than_what_is_on_it() {
    let ca = TempDir::new().unwrap();
    let create = tool("ca_create_identity", ca.path());
    let mut faketime = program("faketime");
    faketime.args(["-f", "-2d"]).arg(create.get_program());
    faketime
        .args(create.get_args())
        .args(["-f", "CN", "ca.net"]);
    run(faketime.env("CA_PASSPHRASE", "hush")).expect(0);
    let place = Place::of(ca);
    let leaf = place.leaf("web01");
    place.revoke(&["--serial", &serial(&leaf)]).expect(0);
    place.publish_at("-1d", &[]).expect(0);
    let list = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    let revoked = list.get_revoked().unwrap().iter().next().unwrap();
    assert!(list.last_update() >= revoked.revocation_date());
    assert!(by_openssl(
        &place.ca_pem(),
        &place.public().join("ca.crl.pem"),
        &leaf
    ));
}

#[test]
fn due_at_half_its_time_and_whenever_something_was_revoked() {
    let place = Place::new();
    let leaf = place.leaf("web01");
    let due = |offset: &str| {
        let outcome = place.publish_at(offset, &["--due"]).expect(0);
        !outcome.stdout.contains("Not due")
    };
    assert!(due("+0"), "there is none yet");
    assert!(!due("+0") && !due("+3d"));
    // Not even a passphrase is asked for.
    let mut command = place.command();
    run(command.arg("--due").env_remove("CA_PASSPHRASE")).expect(0);
    assert!(due("+4d"), "half of seven days is over");
    place.revoke(&["--serial", &serial(&leaf)]).expect(0);
    assert!(due("+4d") && !due("+4d"));
    assert!(is_revoked_at_openssl(&place, &leaf));
    // A successor with a key of its own signs its own list.
    run(&mut tool("ca_roll_identity", place.ca.path())).expect(0);
    run(tool("ca_roll_identity", place.ca.path()).arg("--activate")).expect(0);
    assert!(due("+4d") && !due("+4d"));
}

/// The list is of the day after tomorrow here, which OpenSSL is told.
fn is_revoked_at_openssl(place: &Place, leaf: &Path) -> bool {
    let mut command = program("faketime");
    command.args(["-f", "+5d", "openssl", "verify", "-crl_check", "-CAfile"]);
    command.arg(place.ca_pem()).arg("-CRLfile");
    command.arg(place.public().join("ca.crl.pem")).arg(leaf);
    let outcome = run(&mut command);
    outcome.code != Some(0) && outcome.stderr.contains("certificate revoked")
}

#[test]
fn after_a_rollover_each_key_keeps_its_own_list() {
    let place = Place::new();
    let (old, old_kept) = (place.leaf("web01"), place.leaf("web02"));
    let path = place.ca.path();
    run(&mut tool("ca_roll_identity", path)).expect(0);
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    let (new, new_kept) = (place.leaf("web03"), place.leaf("web04"));
    for leaf in [&old, &new] {
        place.revoke(&["--serial", &serial(leaf)]).expect(0);
    }
    place.publish(&[]).expect(0);
    let replaced = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let replaced = replaced
        .into_iter()
        .find(|path| path.to_str().unwrap().contains("replaced-"))
        .unwrap();
    let of_old = place.public().join("old");
    fs::create_dir(&of_old).unwrap();
    let mut command = tool("ca_gen_crl", &replaced);
    command.arg("--folder").arg(place.journal());
    run(command.arg("--publish").arg(&of_old)).expect(0);
    for (revoked, kept, ca, lists) in [
        (&new, &new_kept, place.ca_pem(), place.public()),
        (&old, &old_kept, replaced.join("ca.cert.pem"), of_old),
    ] {
        assert!(is_revoked(&ca, &lists, revoked));
        assert!(!is_revoked(&ca, &lists, kept));
    }
}

#[test]
fn certificates_say_where_the_list_is() {
    let ca = ca();
    let settings = "[certificate]\ncrl_urls = [\"http://ca.example.com/ca.crl\"]\n";
    let file = write(ca.path(), "sapi.toml", settings);
    let mut command = super::sign(ca.path());
    let outcome = run(command.arg("--config").arg(file)).expect(0);
    let leaf = write(ca.path(), "leaf.pem", &outcome.stdout);
    let mut line = vec!["x509", "-noout", "-ext", "crlDistributionPoints", "-in"];
    line.push(leaf.to_str().unwrap());
    let shown = openssl(ca.path(), &line);
    assert!(
        shown.contains("URI:http://ca.example.com/ca.crl"),
        "{shown}"
    );
}
