//! Other people's opinions on a certificate and a revocation list.

use std::fs;
use std::path::Path;

use openssl::x509::{X509, X509Crl};
use rustls_pki_types::{CertificateDer, UnixTime};
use sapi_tests::program::program;
use sapi_tests::python;
use sapi_tests::tool::run;

/// Whether the certificate is revoked, by OpenSSL, GnuTLS, rustls-webpki and pyca/cryptography, who must be of
/// one mind. The list is `ca.crl.pem` in `lists`.
#[track_caller]
pub(super) fn is_revoked(ca: &Path, lists: &Path, leaf: &Path) -> bool {
    let pem = lists.join("ca.crl.pem");
    let verdicts = [
        by_openssl(ca, &pem, leaf),
        by_gnutls(ca, &pem, leaf),
        by_webpki(ca, &lists.join("ca.crl"), leaf),
        by_python(ca, &pem, leaf),
    ];
    assert!(
        verdicts.iter().all(|verdict| *verdict == verdicts[0]),
        "openssl, gnutls, webpki, python: {verdicts:?}"
    );
    verdicts[0]
}

pub(super) fn by_openssl(ca: &Path, list: &Path, leaf: &Path) -> bool {
    let mut command = program("openssl");
    command.args(["verify", "-x509_strict", "-crl_check", "-CAfile"]);
    command.arg(ca).arg("-CRLfile").arg(list).arg(leaf);
    let outcome = run(&mut command);
    if outcome.code == Some(0) {
        return false;
    }
    assert!(
        outcome.stderr.contains("error 23 "),
        "another fault than a revocation: {}",
        outcome.stderr
    );
    true
}

fn by_gnutls(ca: &Path, list: &Path, leaf: &Path) -> bool {
    let mut command = program("certtool");
    command.args(["--verify", "--load-ca-certificate"]).arg(ca);
    command
        .arg("--load-crl")
        .arg(list)
        .arg("--infile")
        .arg(leaf);
    let outcome = run(&mut command);
    if outcome.code == Some(0) {
        return false;
    }
    assert!(
        outcome.stdout.contains("revoked"),
        "another fault than a revocation: {}",
        outcome.stdout
    );
    // Its own reading of the list, its signature included.
    let mut command = program("certtool");
    command.arg("--verify-crl").arg("--load-ca-certificate");
    run(command.arg(ca).arg("--infile").arg(list)).expect(0);
    true
}

fn by_webpki(ca: &Path, list: &Path, leaf: &Path) -> bool {
    let der = |path: &Path| {
        let certificate = X509::from_pem(&fs::read(path).unwrap()).unwrap();
        CertificateDer::from(certificate.to_der().unwrap())
    };
    let (ca, leaf) = (der(ca), der(leaf));
    let anchors = [webpki::anchor_from_trusted_cert(&ca).unwrap()];
    let octets = fs::read(list).unwrap();
    let list = webpki::OwnedCertRevocationList::from_der(&octets).unwrap();
    let list = webpki::CertRevocationList::from(list);
    let lists = [&list];
    let options = webpki::RevocationOptionsBuilder::new(&lists).unwrap();
    let options = options
        .with_depth(webpki::RevocationCheckDepth::EndEntity)
        .with_status_policy(webpki::UnknownStatusPolicy::Deny)
        .with_expiration_policy(webpki::ExpirationPolicy::Enforce)
        .build();
    let leaf = webpki::EndEntityCert::try_from(&leaf).unwrap();
    let verdict = leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &[],
        UnixTime::now(),
        webpki::KeyUsage::server_auth(),
        Some(options),
        None,
    );
    match verdict {
        Ok(_) => false,
        Err(webpki::Error::CertRevoked) => true,
        Err(error) => panic!("another fault than a revocation: {error:?}"),
    }
}

fn by_python(ca: &Path, list: &Path, leaf: &Path) -> bool {
    let script = "import sys\n\
        from cryptography import x509\n\
        ca, crl, leaf = (open(name, 'rb').read() for name in sys.argv[1:])\n\
        ca, leaf = (x509.load_pem_x509_certificate(pem) for pem in (ca, leaf))\n\
        crl = x509.load_pem_x509_crl(crl)\n\
        assert crl.is_signature_valid(ca.public_key()) and crl.issuer == ca.subject\n\
        crl.extensions.get_extension_for_class(x509.CRLNumber)\n\
        aki = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value\n\
        ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value\n\
        assert aki.key_identifier == ski.digest\n\
        print(crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None)\n";
    let mut command = python::command();
    command.args(["-c", script]).arg(ca).arg(list).arg(leaf);
    match run(&mut command).expect(0).stdout.trim() {
        "True" => true,
        "False" => false,
        other => panic!("{other}"),
    }
}

/// What `openssl crl` prints of a list in DER.
pub(super) fn text(list: &Path) -> String {
    let mut command = program("openssl");
    command.args([
        "crl",
        "-inform",
        "DER",
        "-noout",
        "-text",
        "-crlnumber",
        "-in",
    ]);
    run(command.arg(list)).expect(0).stdout
}

/// Its number.
pub(super) fn number(list: &Path) -> u64 {
    let list = X509Crl::from_der(&fs::read(list).unwrap()).unwrap();
    let (_, number) = list
        .extension::<openssl::x509::CrlNumber>()
        .unwrap()
        .unwrap();
    number
        .to_bn()
        .unwrap()
        .to_dec_str()
        .unwrap()
        .parse()
        .unwrap()
}
