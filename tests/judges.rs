//! Every kind of certificate that we issue, before the verifiers that others wrote: OpenSSL, GnuTLS, NSS,
//! Go, Java, rustls-webpki, pyca/cryptography, and the linter pkilint.
//!
//! Whoever is missing fails the test: a skipped judge is no judge.

mod cases;
mod verdicts;
mod wrong;
