//! SIGHUP: another identity and other hooks, without a lost request and without a mixed certificate.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use openssl::x509::X509;
use rustix::process::Signal;
use sapi::testing::{Authority, TestKey};
use sapi_tests::shell::{Place, Shell};

use super::client::{Answer, Client};
use super::crowd::{Crowd, Manner};
use super::{place, request, soon, with_operator, write_identity, write_locked};

fn authority(name: &str) -> Authority {
    let subject = sapi::DistinguishedName::from_fields([("CN", name)]).unwrap();
    Authority::new().with_subject(subject)
}

/// The number of the authority that issued a certificate. An error if its parts come from several.
fn maker(answer: &Answer, all: &[X509]) -> Result<usize, String> {
    let pem = |member: &str| answer.json[member].as_str().unwrap_or_default().to_owned();
    if answer.status != 200 {
        return Err(format!("{answer:?}"));
    }
    let leaf = X509::from_pem(pem("signed_x509_pem").as_bytes()).unwrap();
    let issuer = X509::from_pem(pem("issuer_chain_pem").as_bytes()).unwrap();
    let key_id = leaf.authority_key_id().unwrap().as_slice().to_vec();
    let named = |ca: &X509| {
        let subject = ca.subject_name().to_der().unwrap();
        [
            leaf.issuer_name().to_der().unwrap() == subject,
            key_id == ca.subject_key_id().unwrap().as_slice(),
            leaf.verify(&ca.public_key().unwrap()).unwrap(),
            issuer.to_der().unwrap() == ca.to_der().unwrap(),
        ]
    };
    for (number, ca) in all.iter().enumerate() {
        match named(ca) {
            [true, true, true, true] => return Ok(number),
            [false, false, false, false] => {}
            mixed => return Err(format!("mixed: {mixed:?}")),
        }
    }
    Err("made by somebody else".into())
}

fn reload(shell: &mut Shell, times: usize) {
    shell.signal(Signal::HUP);
    soon("reloaded", || {
        shell.log().matches("identity and hooks reloaded").count() >= times
    });
}

#[test]
fn no_request_fails_and_no_certificate_mixes_while_identities_change() {
    let place = Place::new("signing.queue = 4096");
    let authorities = [authority("First CA"), authority("Second CA")];
    write_identity(place.path(), &authorities[0]);
    let mut shell = place.start();

    let certificates = authorities.each_ref().map(|ca| ca.certificate().clone());
    let seen = Arc::new(Mutex::new([0_usize; 2]));
    let counts = Arc::clone(&seen);
    let crowd = Crowd::gather(200, Manner::Keep, &place.socket(), move |answer| {
        let maker = maker(answer, &certificates)?;
        counts.lock().unwrap()[maker] += 1;
        Ok(())
    });
    crowd.wait_for(200);
    const SWAPS: usize = 20;
    for swap in 1..=SWAPS {
        write_identity(place.path(), &authorities[swap % 2]);
        reload(&mut shell, swap);
        crowd.wait_for(100);
    }
    let (answered, faults) = crowd.leave();
    let first: Vec<_> = faults.iter().take(3).collect();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {first:?}",
        faults.len()
    );
    let seen = *seen.lock().unwrap();
    assert!(seen[0] > 500 && seen[1] > 500, "{seen:?}");
    println!("{answered} requests, {SWAPS} swaps: {seen:?}");
}

#[test]
fn what_is_asked_after_a_reload_comes_from_the_new_identity() {
    let place = Place::new("");
    let mut shell = place.start();
    let next = authority("Next CA").with_key(TestKey::p384());
    write_identity(place.path(), &next);
    reload(&mut shell, 1);
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert_eq!(maker(&answer, &[next.certificate().clone()]), Ok(0));
    assert!(
        shell.log().contains("\"ca\":\"CN=Next CA\""),
        "{}",
        shell.log()
    );
}

#[test]
fn hooks_are_made_anew_from_their_settings() {
    let place = Place::new("");
    let mut shell = place.start();
    let journal = place.file("journal");
    Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert!(!journal.exists());
    place.settings(&format!("hooks.test.journal = {journal:?}"));
    reload(&mut shell, 1);
    Client::put_once(&place.socket(), "web02", &request()).unwrap();
    assert!(fs::read_to_string(&journal).unwrap().contains("web02 "));
}

/// A reload that cannot work: the log says why, and everything goes on as before.
fn fails(settings: &str, spoil: impl FnOnce(&Place), why: &str) {
    let place = Place::new("");
    let before = authority("Before");
    write_identity(place.path(), &before);
    let mut shell = place.start();
    place.settings(settings);
    spoil(&place);
    shell.signal(Signal::HUP);
    let line = shell.logs(|line| line.contains("the reload failed"));
    assert!(line.contains(why), "{why:?} is not in {line}");
    assert!(line.contains("\"level\":\"ERROR\""), "{line}");
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert_eq!(maker(&answer, &[before.certificate().clone()]), Ok(0));
}

#[test]
fn a_fault_in_the_settings_changes_nothing() {
    let next = |place: &Place| write_identity(place.path(), &authority("Next"));
    fails("http.max_bodi = 1", next, "http.max_bodi: unknown setting");
    fails(
        "certificate.backdate = \"soon\"",
        next,
        "certificate.backdate",
    );
    fails(
        "ca_path = \"/nowhere\"",
        next,
        "/nowhere: the file does not exist",
    );
}

#[test]
fn a_hook_that_does_not_boot_changes_nothing() {
    let next = |place: &Place| write_identity(place.path(), &authority("Next"));
    fails(
        "hooks.test.fault = \"no database\"",
        next,
        "hook obedient: no database",
    );
    fails("hooks.test.jurnal = \"x\"", next, "[hooks.test] jurnal: ");
}

#[test]
fn a_broken_identity_changes_nothing() {
    let other = || authority("Other");
    let locked = |place: &Place| write_locked(place.path(), &other(), "another passphrase");
    fails("", locked, "ca.private_key.pem: wrong passphrase");
    let mismatched = |place: &Place| {
        fs::write(place.file("ca.cert.pem"), other().pem()).unwrap();
    };
    fails("", mismatched, "is not the key of the certificate");
    let torn = |place: &Place| fs::write(place.file("ca.cert.pem"), "").unwrap();
    fails("", torn, "ca.cert.pem: no certificate in PEM");
    let now = SystemTime::now();
    let (from, until) = (now - Duration::from_secs(9), now - Duration::from_secs(3));
    let ended = |place: &Place| write_identity(place.path(), &other().valid(from, until));
    fails("", ended, "the new CA certificate is not valid at present");
}

#[test]
fn other_changed_keys_are_named_as_needing_a_restart() {
    let place = place("http.max_body = 20000");
    let mut shell = place.start();
    place.settings(&with_operator(
        &place,
        "http.max_body = 30000\nrequests.max_names = 3\ncertificate.max_validity = \"1h\"",
    ));
    reload(&mut shell, 1);
    let log = shell.log();
    for key in ["http.max_body", "requests.max_names"] {
        let line = format!("{key}: has changed, which takes effect only at a restart");
        assert!(log.contains(&line), "{log}");
    }
    assert_eq!(
        log.matches("takes effect only at a restart").count(),
        2,
        "{log}"
    );
    // A reload replaces the profile too.
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    let (from, until) = (&answer.json["not_before"], &answer.json["not_after"]);
    assert_ne!(
        from.as_str().unwrap()[..10],
        until.as_str().unwrap()[..9],
        "{from} {until}"
    );
    let leaf = X509::from_pem(answer.json["signed_x509_pem"].as_str().unwrap().as_bytes()).unwrap();
    let span = leaf.not_before().diff(leaf.not_after()).unwrap();
    // An hour, and up to five minutes of backdating: the CA may have begun later than that.
    assert!(
        span.days == 0 && (3600..=3900).contains(&span.secs),
        "{span:?}"
    );
}

#[test]
fn a_passphrase_from_a_file_is_read_again_and_one_from_the_environment_is_kept() {
    let place = Place::new("");
    let file = place.file("passphrase");
    fs::write(&file, "hush-hush\n").unwrap();
    let mut command = place.command("test-shell", "serve");
    command
        .env_remove("CA_PASSPHRASE")
        .arg("--passphrase-file")
        .arg(&file);
    let mut shell = Shell::start(&mut command);
    write_locked(place.path(), &authority("Next"), "changed with the key");
    fs::write(&file, "changed with the key\n").unwrap();
    reload(&mut shell, 1);
    drop(shell);

    let place = Place::new("");
    let mut shell = place.start();
    write_identity(place.path(), &authority("Next"));
    reload(&mut shell, 1);
    reload(&mut shell, 2);
}

#[test]
fn ends_when_asked_to_in_the_middle_of_a_reload() {
    let place = Place::new("");
    let shell = place.start();
    for _ in 0..20 {
        shell.signal(Signal::HUP);
    }
    shell.end().expect(0);
}

#[test]
fn every_reload_of_many_is_counted() {
    let place = place("");
    let mut shell = place.start();
    reload(&mut shell, 1);
    place.settings("unknown = 1");
    shell.signal(Signal::HUP);
    shell.logs(|line| line.contains("the reload failed"));
    let metrics = super::text(&super::page(&place, "/metrics"));
    let kinds: BTreeSet<_> = metrics
        .lines()
        .filter(|line| line.starts_with("sapi_reloads_total"))
        .collect();
    let expected = [
        "sapi_reloads_total{outcome=\"done\"} 1",
        "sapi_reloads_total{outcome=\"failed\"} 1",
    ];
    assert_eq!(kinds, expected.into());
}
