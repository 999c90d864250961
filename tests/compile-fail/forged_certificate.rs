//! Only the pipeline makes certificates.
use sapi::IssuedCertificate;

fn main() {
    let _ = IssuedCertificate::new("-----BEGIN CERTIFICATE-----");
}
