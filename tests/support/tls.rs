//! Throw-away certificates: an authority, and server and client certificates from it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name};

/// A certificate authority that lives as long as one test.
#[derive(Debug)]
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

/// A certificate and its (unencrypted) private key, as PEM files.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key, PKCS#8.
    pub key: PathBuf,
}

impl Authority {
    /// Makes a self-signed authority with that common name, on P-256.
    #[must_use]
    pub fn new(common_name: &str) -> Self {
        Self::until(common_name, &day(30))
    }

    /// One that ends in so many seconds.
    #[must_use]
    pub fn ending_in(common_name: &str, seconds: i64) -> Self {
        Self::until(common_name, &Asn1Time::from_unix(now() + seconds).unwrap())
    }

    fn until(common_name: &str, end: &Asn1Time) -> Self {
        let key = new_key();
        let mut builder = builder(common_name, &key, 0, 30);
        builder.set_not_after(end).unwrap();
        let name = name(common_name);
        builder.set_issuer_name(&name).unwrap();
        let ca = BasicConstraints::new().critical().ca().pathlen(0).build();
        builder.append_extension(ca.unwrap()).unwrap();
        let usage = KeyUsage::new()
            .critical()
            .key_cert_sign()
            .crl_sign()
            .build();
        builder.append_extension(usage.unwrap()).unwrap();
        let ski = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None));
        builder.append_extension(ski.unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self {
            certificate: builder.build(),
            key,
        }
    }

    /// Writes the authority's certificate into `folder` and returns its path.
    #[must_use]
    pub fn write_certificate(&self, folder: &Path, stem: &str) -> PathBuf {
        let path = folder.join(format!("{stem}.cert.pem"));
        fs::write(&path, self.certificate.to_pem().unwrap()).unwrap();
        path
    }

    /// Writes what a CA's folder holds, the key locked with `passphrase`: in the old PEM form, whose
    /// one round makes it quick.
    pub fn write_identity(&self, folder: &Path, passphrase: &str) {
        let pem = self.key.ec_key().unwrap().private_key_to_pem_passphrase(
            openssl::symm::Cipher::aes_128_cbc(),
            passphrase.as_bytes(),
        );
        let key = folder.join("ca.private_key.pem");
        fs::write(&key, pem.unwrap()).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let certificate = self.certificate.to_pem().unwrap();
        let path = folder.join("ca.cert.pem");
        fs::write(&path, certificate).unwrap();
        // A umask of 0002 would let the group write it, which is refused.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    /// Issues a certificate for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn server(&self, folder: &Path) -> Pair {
        let usage = ExtendedKeyUsage::new().server_auth().build().unwrap();
        self.issue(folder, "server", usage, 0, 7)
    }

    /// Issues a client certificate that is good today.
    #[must_use]
    pub fn client(&self, folder: &Path, common_name: &str) -> Pair {
        let usage = ExtendedKeyUsage::new().client_auth().build().unwrap();
        self.issue(folder, common_name, usage, 0, 7)
    }

    /// Issues a client certificate that ended yesterday.
    #[must_use]
    pub fn expired_client(&self, folder: &Path, common_name: &str) -> Pair {
        let usage = ExtendedKeyUsage::new().client_auth().build().unwrap();
        self.issue(folder, common_name, usage, -3, -1)
    }

    fn issue(
        &self,
        folder: &Path,
        common_name: &str,
        usage: openssl::x509::X509Extension,
        from_day: i64,
        to_day: i64,
    ) -> Pair {
        let key = new_key();
        let mut builder = builder(common_name, &key, from_day, to_day);
        builder
            .set_issuer_name(self.certificate.subject_name())
            .unwrap();
        let leaf = BasicConstraints::new().critical().build().unwrap();
        builder.append_extension(leaf).unwrap();
        builder.append_extension(usage).unwrap();
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let names = SubjectAlternativeName::new()
            .dns("localhost")
            .ip("127.0.0.1")
            .build(&context);
        let aki = AuthorityKeyIdentifier::new().keyid(true).build(&context);
        builder.append_extension(names.unwrap()).unwrap();
        builder.append_extension(aki.unwrap()).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();

        let pair = Pair {
            certificate: folder.join(format!("{common_name}.cert.pem")),
            key: folder.join(format!("{common_name}.private_key.pem")),
        };
        fs::write(&pair.certificate, builder.build().to_pem().unwrap()).unwrap();
        fs::write(&pair.key, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        pair
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// Everything but issuer and extensions. Days count from now and may be negative.
fn builder(common_name: &str, key: &PKey<Private>, from_day: i64, to_day: i64) -> X509Builder {
    let mut serial = BigNum::new().unwrap();
    serial.rand(127, MsbOption::MAYBE_ZERO, false).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(&Asn1Integer::from_bn(&serial).unwrap())
        .unwrap();
    builder.set_subject_name(&name(common_name)).unwrap();
    builder.set_not_before(&day(from_day)).unwrap();
    builder.set_not_after(&day(to_day)).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)
        .unwrap();
    name.build()
}

fn day(offset: i64) -> Asn1Time {
    // A minute back, so that "from today" holds at once for every verifier.
    Asn1Time::from_unix(now() + offset * 86_400 - 60).unwrap()
}

fn now() -> i64 {
    let now = Asn1Time::days_from_now(0).unwrap();
    let epoch = Asn1Time::from_unix(0).unwrap();
    let since = epoch.diff(&now).unwrap();
    i64::from(since.days) * 86_400 + i64::from(since.secs)
}
