//! `ca_revoke` and `ca_gen_crl`: what is revoked, what is refused.

use std::fs;

use sapi_tests::tool::run;

use super::crl_judges::{is_revoked, text};
use super::place::{Place, serial};
use super::{tool, write};

#[test]
fn what_is_revoked_is_refused_by_everybody_and_the_rest_is_not() {
    let place = Place::new();
    let [one, two, three, kept] = ["web01", "web02", "web03", "web04"].map(|name| place.leaf(name));
    let again = place.leaf("web03");
    // An empty list is one too.
    place.publish(&[]).expect(0);
    for leaf in [&one, &two, &three, &kept, &again] {
        assert!(!is_revoked(&place.ca_pem(), &place.public(), leaf));
    }
    let shown = place.revoke(&["--serial", &serial(&one), "--reason", "keyCompromise"]);
    assert!(
        shown
            .expect(0)
            .stdout
            .contains("web01  CN=web01  keyCompromise")
    );
    let certificate = ["--certificate", two.to_str().unwrap()];
    place.revoke(&certificate).expect(0);
    let both = ["--client", "web03", "--reason", "superseded", "--json"];
    let json: serde_json::Value =
        serde_json::from_str(&place.revoke(&both).expect(0).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2, "{json}");
    assert_eq!(json[0]["client"], "web03");
    assert_eq!(json[0]["reason"], "superseded");
    let shown = place.publish(&["--json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&json["number"], &json["entries"]), (&2.into(), &4.into()));
    for leaf in [&one, &two, &three, &again] {
        assert!(is_revoked(&place.ca_pem(), &place.public(), leaf));
    }
    assert!(!is_revoked(&place.ca_pem(), &place.public(), &kept));
}

#[test]
fn a_hold_becomes_final_but_nothing_is_revoked_twice() {
    let place = Place::new();
    let leaf = place.leaf("web01");
    let serial = serial(&leaf);
    let revoke = |reason: &str| place.revoke(&["--serial", &serial, "--reason", reason]);
    revoke("certificateHold").expect(0);
    place.publish(&[]).expect(0);
    assert!(text(&place.list()).contains("Certificate Hold"));
    revoke("keyCompromise").expect(0);
    place.publish(&[]).expect(0);
    let shown = text(&place.list());
    assert!(
        shown.contains("Key Compromise") && !shown.contains("Hold"),
        "{shown}"
    );
    revoke("superseded").expect(1).says(&["is revoked already"]);
}

#[test]
fn refusals() {
    let place = Place::new();
    place.leaf("web01");
    let ca_pem = place.ca_pem();
    let garbage = write(place.ca.path(), "garbage", "no certificate");
    for (arguments, code, part) in [
        (&["--serial", "5a17"][..], 1, "not in the journal"),
        (&["--serial", "five"], 64, "is not written in hexadecimal"),
        (
            &["--client", "web02"],
            1,
            "has no certificate left to revoke",
        ),
        (
            &["--certificate", ca_pem.to_str().unwrap()],
            1,
            "not in the journal",
        ),
        (
            &["--certificate", garbage.to_str().unwrap()],
            65,
            "no certificate in PEM",
        ),
        (&["--certificate", "/nonexistent"], 66, "/nonexistent"),
        (
            &["--client", "web01", "--reason", "boredom"],
            64,
            "is not a reason",
        ),
        (
            &["--client", "web01", "--reason", "removeFromCRL"],
            64,
            "is not a reason",
        ),
        (&["--reason", "keyCompromise"], 64, "--client"),
        // All of them or none.
        (
            &["--client", "web01", "--serial", "5a17"],
            1,
            "nothing was revoked",
        ),
    ] {
        place.revoke(arguments).expect(code).says(&[part]);
    }
    place.publish(&[]).expect(0);
    assert!(text(&place.list()).contains("No Revoked Certificates"));
    let missing = ["--folder", "/nonexistent"];
    let mut command = tool("ca_gen_crl", place.ca.path());
    run(command.args(missing))
        .expect(78)
        .says(&["/nonexistent"]);
    let mut command = place.command();
    run(command.env("CA_PASSPHRASE", "wrong"))
        .expect(78)
        .says(&["wrong passphrase"]);
    let before = fs::read(place.list()).unwrap();
    place
        .publish_at("+4000d", &[])
        .expect(78)
        .says(&["expired or not yet valid"]);
    place.publish(&["--publish", "/nonexistent"]).expect(64);
    fs::write(place.journal().join("crlnumber"), "no number\n").unwrap();
    place
        .publish(&[])
        .expect(65)
        .says(&["crlnumber: is not a hexadecimal number"]);
    assert_eq!(fs::read(place.list()).unwrap(), before);
    // A damaged journal is believed by nobody.
    let journal = place.journal().join("journal.jsonl");
    let altered = fs::read_to_string(&journal)
        .unwrap()
        .replace("web01", "web09");
    fs::write(&journal, altered).unwrap();
    place
        .publish(&[])
        .expect(65)
        .says(&["journal.jsonl line 1"]);
}
