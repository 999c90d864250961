//! The checks of a CA's certificate: extensions, dates, chains.

use std::fs;
use std::path::Path;
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use sapi::DistinguishedName;
use sapi::KeyKind;
use sapi::identity::{AuthorityWarning, Existing, NewIdentity, Passphrase};
use sapi_tests::tool::{openssl, run};

use super::{CA, certify, check, load_with, now, old_identity, put};

#[test]
fn extensions_decide() {
    let directory = old_identity();
    for (extensions, fault) in [
        (&["basicConstraints=critical,CA:TRUE"][..], None),
        (
            &["basicConstraints=CA:TRUE,pathlen:0", "keyUsage=keyCertSign"],
            None,
        ),
        (
            &["basicConstraints=critical,CA:FALSE"],
            Some("not a CA certificate"),
        ),
        (&["keyUsage=keyCertSign"], Some("not a CA certificate")),
        (
            &[
                "basicConstraints=critical,CA:TRUE",
                "keyUsage=digitalSignature,cRLSign",
            ],
            Some("keyUsage does not say keyCertSign"),
        ),
    ] {
        certify(directory.path(), extensions);
        match (load_with(directory.path(), "hush"), fault) {
            (Ok(loaded), None) => assert!(loaded.warnings.is_empty()),
            (Err(error), Some(part)) => {
                let error = error.to_string();
                assert!(
                    error.starts_with("ca.cert.pem: ") && error.contains(part),
                    "{error}"
                );
            }
            (result, _) => panic!("{extensions:?}: {result:?}"),
        }
    }
}

#[test]
fn root_of_ssl_api_is_adopted_with_warnings() {
    let directory = old_identity();
    let path = directory.path();
    put(path.join("ca.cert.pem"), old_root(path).to_pem().unwrap());
    let loaded = load_with(path, "hush").unwrap();
    assert_eq!(
        loaded.warnings,
        [
            AuthorityWarning::VersionOne,
            AuthorityWarning::WeakSignature
        ]
    );
    let table = run(&mut check(path)).expect(0).stdout;
    assert!(
        table.contains("warning  certificate  an X.509 version 1 certificate"),
        "{table}"
    );
}

/// Version 1, signed with SHA-1; newer commands of OpenSSL no longer make one.
fn old_root(path: &Path) -> X509 {
    let key = fs::read(path.join("ca.private_key.pem")).unwrap();
    let key = PKey::private_key_from_pem_passphrase(&key, b"hush").unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "old").unwrap();
    let name = name.build();
    let mut root = X509Builder::new().unwrap();
    root.set_version(0).unwrap();
    root.set_subject_name(&name).unwrap();
    root.set_issuer_name(&name).unwrap();
    root.set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    root.set_not_after(&Asn1Time::days_from_now(30).unwrap())
        .unwrap();
    root.set_pubkey(&key).unwrap();
    root.sign(&key, MessageDigest::sha1()).unwrap();
    root.build()
}

#[test]
fn tampered_root_is_refused() {
    let directory = old_identity();
    let path = directory.path().join("ca.cert.pem");
    let certificate = openssl::x509::X509::from_pem(&fs::read(&path).unwrap()).unwrap();
    let mut der = certificate.to_der().unwrap();
    let place = der.windows(3).position(|bytes| bytes == b"old").unwrap();
    for place in [
        place,
        place
            + der[place + 1..]
                .windows(3)
                .position(|b| b == b"old")
                .unwrap()
            + 1,
    ] {
        der[place..place + 3].copy_from_slice(b"new");
    }
    let forged = openssl::x509::X509::from_der(&der).unwrap();
    put(&path, forged.to_pem().unwrap());
    let error = load_with(directory.path(), "hush").unwrap_err().to_string();
    assert_eq!(error, "ca.cert.pem: its own key did not make its signature");
}

#[test]
fn dates_are_a_warning_to_load_and_a_fault_to_check() {
    let year = Duration::from_secs(365 * 24 * 3600);
    for (made, part) in [
        (now() - 3 * year, "expired on"),
        (now() + year, "valid only from"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let subject = DistinguishedName::from_fields([("CN", "dated")]).unwrap();
        let passphrase = Passphrase::new(b"hush".to_vec()).unwrap();
        NewIdentity::self_signed(&subject, KeyKind::P256, year, made)
            .unwrap()
            .install(directory.path(), &passphrase, Existing::Keep, made)
            .unwrap();
        let loaded = load_with(directory.path(), "hush").unwrap();
        assert!(loaded.warnings[0].stops_signing(), "{loaded:?}");
        let table = run(&mut check(directory.path())).expect(1).stdout;
        assert!(
            table.contains("FAULT    valid") && table.contains(part),
            "{table}"
        );
    }
}

#[test]
fn several_certificates_in_one_file_give_the_first_and_a_warning() {
    let (one, other) = (old_identity(), old_identity());
    let first = fs::read_to_string(one.path().join("ca.cert.pem")).unwrap();
    let second = fs::read_to_string(other.path().join("ca.cert.pem")).unwrap();
    put(one.path().join("ca.cert.pem"), first.clone() + &second);
    let loaded = load_with(one.path(), "hush").unwrap();
    assert_eq!(loaded.certificate.to_pem().unwrap(), first.as_bytes());
    assert_eq!(loaded.warnings, [AuthorityWarning::SeveralCertificates]);
}

#[test]
fn chain_must_lead_upwards() {
    let (root, middle, ca) = (old_identity(), old_identity(), old_identity());
    issue(root.path(), middle.path(), CA);
    issue(middle.path(), ca.path(), CA);
    let pem = |directory: &Path| fs::read_to_string(directory.join("ca.cert.pem")).unwrap();
    let (root, middle) = (pem(root.path()), pem(middle.path()));
    let stranger = pem(old_identity().path());
    let chain = ca.path().join("ca.chain.pem");

    assert!(load_with(ca.path(), "hush").unwrap().chain.is_empty());
    for (content, length) in [(middle.clone(), 1), (middle.clone() + &root, 2)] {
        put(&chain, content);
        assert_eq!(load_with(ca.path(), "hush").unwrap().chain.len(), length);
        run(&mut check(ca.path())).expect(0);
    }
    for (content, fault) in [
        (
            root.clone() + &middle,
            "certificate 1 is not the issuer of the one below it",
        ),
        (
            middle.clone() + &stranger,
            "certificate 2 is not the issuer",
        ),
        (pem(ca.path()) + &middle, "certificate 1 is not the issuer"),
        (String::new(), "no certificate in PEM"),
        ("garbage".to_owned(), "no certificate in PEM"),
    ] {
        put(&chain, content);
        let error = load_with(ca.path(), "hush").unwrap_err().to_string();
        assert!(
            error.starts_with("ca.chain.pem: ") && error.contains(fault),
            "{error}"
        );
        run(&mut check(ca.path())).expect(1);
    }
}

#[test]
fn chain_consists_of_authorities() {
    let (root, ca) = (old_identity(), old_identity());
    certify(root.path(), &["basicConstraints=critical,CA:FALSE"]);
    issue(root.path(), ca.path(), CA);
    fs::copy(
        root.path().join("ca.cert.pem"),
        ca.path().join("ca.chain.pem"),
    )
    .unwrap();
    let error = load_with(ca.path(), "hush").unwrap_err().to_string();
    assert!(
        error.starts_with("ca.chain.pem: certificate 1: not a CA certificate"),
        "{error}"
    );
}

/// Replaces the certificate in `below` by one that `above` signs; names differ by directory.
fn issue(above: &Path, below: &Path, extensions: &[&str]) {
    let name = format!("/CN={}", below.file_name().unwrap().to_str().unwrap());
    openssl(
        below,
        &[
            "req",
            "-new",
            "-key",
            "ca.private_key.pem",
            "-passin",
            "pass:hush",
            "-subj",
            &name,
            "-out",
            "r.pem",
        ],
    );
    put(below.join("x.cnf"), extensions.join("\n"));
    let at = |name: &str| above.join(name).to_str().unwrap().to_owned();
    openssl(
        below,
        &[
            "x509",
            "-req",
            "-in",
            "r.pem",
            "-CA",
            &at("ca.cert.pem"),
            "-CAkey",
            &at("ca.private_key.pem"),
            "-passin",
            "pass:hush",
            "-set_serial",
            "7",
            "-extfile",
            "x.cnf",
            "-out",
            "ca.cert.pem",
        ],
    );
}
