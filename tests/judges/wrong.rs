//! The judges can say no: each of them refuses a leaf of another root.

use std::fs;

use tempfile::TempDir;

use super::cases::{Case, cases, write};
use super::verdicts::{gnutls, go, java, nss, openssl, pyca, webpki};

#[test]
fn a_leaf_of_another_root_is_refused_by_all() {
    let all = &cases().all;
    let find = |name: &str| all.iter().find(|case| case.name == name).unwrap();
    let (own, other) = (find("ecp256-p256"), find("ecp384-p256"));
    let folder = TempDir::with_prefix("sapi-judges-").unwrap();
    let case = Case {
        name: "wrong".into(),
        ca: own.ca,
        client: own.client,
        host: own.host,
        leaf: own.leaf.clone(),
        between: String::new(),
        root: other.root.clone(),
    };
    write(folder.path(), &case);
    let line = format!("wrong {} {} {}\n", case.ca, case.client, case.host);
    fs::write(folder.path().join("cases.txt"), line).unwrap();
    let folder = folder.path();
    for (judge, verdict) in [
        ("openssl", openssl(folder, &case)),
        ("gnutls", gnutls(folder, &case)),
        ("nss", nss(folder, &case)),
        ("webpki", webpki(&case)),
        ("go", go(folder).map(|_| ())),
        ("java", java(folder).map(|_| ())),
        ("pyca", pyca(folder).map(|_| ())),
    ] {
        assert!(verdict.is_err(), "{judge} accepts a leaf of another root");
    }
}
