//! Files that are too long, or hide it, are found.

use super::{assert_none, length_faults, write};

#[test]
fn three_hundred_lines_are_allowed_and_no_more() {
    let long = "\n".repeat(301);
    assert_eq!(
        faults("request/mod.rs", &long),
        ["request/mod.rs: has 301 lines, and 300 are allowed"]
    );
    assert_none(&faults("request/mod.rs", &long[1..]));
    let comments = "// a comment counts\n".repeat(301);
    assert_eq!(faults("request/tests.rs", &comments).len(), 1);
}

#[test]
fn a_numbered_part_is_a_fault() {
    for path in [
        "request/part1.rs",
        "foo_2.rs",
        "foo2.rs",
        "tests/foo_02/mod.rs",
        "more3_tests.rs",
        "p2.rs",
        "x2.rs",
        "x509_2.rs",
    ] {
        let fault = format!("{path}: is named by a number, not by what is in it");
        assert_eq!(faults(path, ""), [fault]);
    }
    for path in [
        "x509.rs",
        "sha256.rs",
        "sha1/mod.rs",
        "pkcs8_file.rs",
        "ed25519.rs",
        "p256.rs",
        "utf8.rs",
        "rfc5280.rs",
        "asn1.rs",
        "base64.rs",
        "ipv6/tests.rs",
        "part.rs",
        "second.rs",
    ] {
        assert_none(&faults(path, ""));
    }
}

#[test]
fn an_include_is_a_fault() {
    for content in [
        "include!(\"rest.rs\");",
        "fn f() { std::include ! (\"rest.rs\") }",
        "macro_rules! m { () => { include!(\"rest.rs\"); } }",
    ] {
        let fault = "request/mod.rs: has include!, which hides the length of a file";
        assert_eq!(faults("request/mod.rs", content), [fault], "{content}");
    }
    for content in [
        "const A: &str = include_str!(\"a.txt\");",
        "// include!(\"rest.rs\")",
        "const A: &str = \"include!(rest)\";",
    ] {
        assert_none(&faults("request/mod.rs", content));
    }
}

fn faults(path: &str, content: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), path, content);
    length_faults(&folder.path().join(path), path)
}
