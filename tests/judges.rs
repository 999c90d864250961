//! Every kind of certificate that we issue, judged by verifiers that others wrote: OpenSSL, GnuTLS, NSS,
//! Go, Java, rustls-webpki, pyca/cryptography, and the linter pkilint.
//!
//! A missing judge fails the test, as a skipped one would prove nothing.

mod cases;
mod verdicts;
mod wrong;
