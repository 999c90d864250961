//! `openssl ca` and `openssl ocsp` on the files of the journal.

use std::fs;

use sapi_tests::tool::openssl;
use tempfile::TempDir;

use super::crl_judges::{by_openssl, number};
use super::place::{Place, serial};
use super::write;

#[test]
fn openssl_ca_and_ocsp_work_on_the_same_files() {
    let place = Place::new();
    let (one, kept) = (place.leaf("web01"), place.leaf("web02"));
    place
        .revoke(&["--serial", &serial(&one), "--reason", "keyCompromise"])
        .expect(0);
    place.publish(&[]).expect(0);
    let journal = place.journal();
    let config = "[ca]\ndefault_ca = ours\n[ours]\ndatabase = index.txt\ncrlnumber = crlnumber\n\
        default_md = sha256\ndefault_crl_days = 7\n";
    write(&journal, "ca.cnf", config);
    let ca_pem = place.ca_pem();
    let (ca, key) = (
        ca_pem.to_str().unwrap(),
        place.ca.path().join("ca.private_key.pem"),
    );
    let mut line = vec!["ca", "-gencrl", "-config", "ca.cnf", "-cert", ca];
    line.extend(["-keyfile", key.to_str().unwrap(), "-passin", "pass:hush"]);
    line.extend(["-crlexts", "crl", "-out", "theirs.pem"]);
    write(
        &journal,
        "ca.cnf",
        &format!("{config}[crl]\nauthorityKeyIdentifier = keyid\n"),
    );
    openssl(&journal, &line);
    let theirs = fs::read(journal.join("theirs.pem")).unwrap();
    let theirs = openssl::x509::X509Crl::from_pem(&theirs).unwrap();
    let entries = |list: &openssl::x509::X509Crl| -> Vec<String> {
        let revoked = list.get_revoked().unwrap().iter();
        let serial = |entry: &openssl::x509::X509RevokedRef| {
            let number = entry.serial_number().to_bn().unwrap();
            number.to_hex_str().unwrap().to_string()
        };
        revoked.map(serial).collect()
    };
    let ours = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    assert_eq!(entries(&theirs), entries(&ours));
    assert!(by_openssl(&ca_pem, &journal.join("theirs.pem"), &one));
    assert_eq!(number(&place.list()), 1);
    // Theirs was the second: the file between us counted on.
    place.publish(&[]).expect(0);
    assert_eq!(number(&place.list()), 3);

    // A responder with the CA's key, as the test has no other: decrypted for it in a folder of its own.
    let responder = TempDir::new().unwrap();
    let mut line = vec!["pkey", "-passin", "pass:hush", "-out", "key.pem", "-in"];
    line.push(key.to_str().unwrap());
    openssl(responder.path(), &line);
    let index = journal.join("index.txt");
    for (leaf, status) in [(&one, ": revoked"), (&kept, ": good")] {
        let leaf = leaf.to_str().unwrap();
        let ask = ["ocsp", "-issuer", ca, "-cert", leaf, "-reqout", "r.der"];
        openssl(responder.path(), &ask);
        let mut answer = vec!["ocsp", "-index", index.to_str().unwrap(), "-CA", ca];
        answer.extend(["-rsigner", ca, "-rkey", "key.pem", "-reqin", "r.der"]);
        answer.extend(["-respout", "a.der", "-ndays", "1"]);
        openssl(responder.path(), &answer);
        let mut read = vec!["ocsp", "-issuer", ca, "-cert", leaf, "-CAfile", ca];
        read.extend(["-respin", "a.der", "-no_nonce"]);
        let shown = openssl(responder.path(), &read);
        assert!(shown.contains(status), "{shown}");
        assert_eq!(
            shown.contains("keyCompromise"),
            status.contains("revoked"),
            "{shown}"
        );
    }
}
