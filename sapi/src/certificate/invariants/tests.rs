//! Tests of each rule alone: honest bytes, changed in one place.

mod scene;

use std::time::Duration;

use der::Tag;

use self::scene::{Change, Parts, Scene, now};
use super::check;
use crate::certificate::tbs::Tbs;
use crate::encoding::der_writer::DerWriter;
use crate::request::name::general::write_names;
use crate::request::{AltName, DistinguishedName};
use crate::testing::{RequestBuilder, TestKey};

#[test]
fn honest_bytes_pass() {
    for scene in [
        Scene::new(),
        Scene::of(&RequestBuilder::new().dns("a.example")),
    ] {
        assert_eq!(scene.check(&scene.parts()), Ok(()));
        let tbs = Tbs::render(scene.draft.clone(), &scene.csr, &scene.issuer).unwrap();
        assert_eq!(
            scene.parts().write(),
            tbs.der(),
            "nothing is lost on the way"
        );
    }
}

#[test]
fn each_field_is_held_against_where_it_comes_from() {
    let broken: [(&str, Change); 15] = [
        ("version is not 3", |p| p.version = vec![0xa0, 3, 2, 1, 1]),
        ("not positive or longer", |p| p.serial = vec![2, 1, 0]),
        ("not positive or longer", |p| p.serial = vec![2, 1, 0x92]),
        ("not positive or longer", |p| p.serial = vec![2, 1, 0x80]),
        ("not positive or longer", |p| {
            p.serial = [&[2, 21, 0], &[0x80; 20][..]].concat()
        }),
        ("not the draft's", |p| p.serial = vec![2, 2, 0x12, 0x35]),
        ("not DER", |p| p.serial = vec![2, 3, 0, 0x12, 0x34]),
        ("signature algorithm", |p| {
            p.algorithm = vec![0x30, 5, 6, 3, 0x2b, 0x65, 0x70]
        }),
        ("issuer is not", |p| p.issuer = p.subject.clone()),
        ("subject is not", |p| p.subject = p.issuer.clone()),
        ("public key is not", |p| p.spki = TestKey::p256().spki()),
        ("dates are not the draft's", |p| {
            p.dates = dates("231114220820Z", "231115221321Z")
        }),
        ("dates are not the draft's", |p| {
            p.dates = dates("231114220819Z", "231115221320Z")
        }),
        ("not DER", |p| p.rest = vec![5, 0]),
        ("not DER", |p| p.dates = vec![0x30, 0]),
    ];
    for (rule, change) in broken {
        let scene = Scene::new();
        let mut parts = scene.parts();
        change(&mut parts);
        assert_breaks(&scene, &parts, rule);
    }
}

#[test]
fn extensions_keep_to_what_a_leaf_may_have() {
    let broken: [(&str, Change); 21] = [
        ("CA:FALSE", |p| {
            p.extension(BASIC).2 = vec![0x30, 3, 1, 1, 0xff]
        }),
        ("CA:FALSE", |p| {
            p.extension(BASIC).2 = vec![0x30, 3, 1, 1, 0]
        }),
        ("CA:FALSE", |p| p.extension(BASIC).1 = false),
        ("lacks basicConstraints", |p| p.without(BASIC)),
        ("appears twice", |p| {
            p.add(BASIC, true, &[0x30, 3, 1, 1, 0xff])
        }),
        ("appears twice", |p| p.add("2.5.29.37", false, &[0x30, 0])),
        ("keyCertSign", |p| {
            p.extension(KEY_USAGE).2 = vec![3, 2, 2, 0x84]
        }),
        ("keyCertSign or cRLSign", |p| {
            p.extension(KEY_USAGE).2 = vec![3, 2, 1, 0x02]
        }),
        ("lacks the subject key", |p| p.without("2.5.29.14")),
        ("lacks the authority key", |p| p.without(AUTHORITY)),
        ("not the CA's", |p| p.extension(AUTHORITY).1 = true),
        ("not the CA's", |p| p.extension(AUTHORITY).2.clear()),
        ("not the CA's", |p| {
            p.extension(AUTHORITY).2.remove(0);
        }),
        ("not the CA's", |p| {
            *p.extension(AUTHORITY).2.last_mut().unwrap() ^= 1
        }),
        ("only in a CA's certificate", |p| {
            p.add("2.5.29.30", true, &[0x30, 0])
        }),
        ("only in a CA's certificate", |p| {
            p.add("2.5.29.36", true, &[0x30, 0])
        }),
        ("each once", |p| p.without(NAMES)),
        ("each once", |p| {
            p.extension(NAMES).2 = names(&["DNS:a.example", "DNS:b.example"])
        }),
        ("each once", |p| {
            p.extension(NAMES).2 = names(&["DNS:A.example"])
        }),
        ("each once", |p| p.extension(NAMES).2 = names(&["URI:x:y"])),
        ("critical without need", |p| p.extension(NAMES).1 = true),
    ];
    for (rule, change) in broken {
        let scene = Scene::new();
        let mut parts = scene.parts();
        change(&mut parts);
        assert_breaks(&scene, &parts, rule);
    }
}

#[test]
fn without_a_subject_the_names_are_critical_and_there() {
    let scene = Scene::of(&RequestBuilder::new().dns("a.example"));
    let mut parts = scene.parts();
    parts.extension(NAMES).1 = false;
    assert_breaks(&scene, &parts, "not when needed");
    let mut nobody = scene;
    let mut parts = nobody.parts();
    parts.without(NAMES);
    nobody.draft.names.clear();
    assert_breaks(&nobody, &parts, "name nobody");
}

#[test]
fn no_hook_gives_away_the_cas_own_name() {
    let mut scene = Scene::new();
    scene.draft.subject = DistinguishedName::from_fields([("CN", "Test CA")]).unwrap();
    let rendered = Tbs::render(scene.draft.clone(), &scene.csr, &scene.issuer);
    let text = rendered.err().map(|error| error.to_string()).unwrap();
    assert!(text.contains("the subject is the CA's own"), "{text}");
}

#[test]
fn dates_stay_in_order_and_inside_those_of_the_ca() {
    let second = Duration::from_secs(1);
    let mut scene = Scene::new();
    let (from, until) = (scene.issuer.not_before(), scene.issuer.not_after());
    for (begin, end, rule) in [
        (now(), now(), "before it begins"),
        (now(), now() - second, "before it begins"),
        (from - second, now(), "inside the CA certificate's"),
        (now(), until + second, "inside the CA certificate's"),
    ] {
        (scene.draft.not_before, scene.draft.not_after) = (begin, end);
        let rendered = Tbs::render(scene.draft.clone(), &scene.csr, &scene.issuer);
        let fault = rendered.err().map(|error| error.to_string());
        assert!(
            fault.as_ref().is_some_and(|text| text.contains(rule)),
            "{fault:?}"
        );
    }
    (scene.draft.not_before, scene.draft.not_after) = (from, until);
    assert!(Tbs::render(scene.draft, &scene.csr, &scene.issuer).is_ok());
}

#[test]
fn a_name_of_bad_form_is_found_in_the_bytes() {
    let mut scene = Scene::new();
    scene.draft.names.push(AltName::Dns("a.example\0b".into()));
    let rendered = Tbs::render(scene.draft.clone(), &scene.csr, &scene.issuer);
    let text = rendered.err().map(|error| error.to_string()).unwrap();
    assert!(
        text.contains("would break a rule: subject alternative name"),
        "{text}"
    );
}

#[test]
fn bytes_that_are_no_der_at_all() {
    let scene = Scene::new();
    let whole = scene.parts().write();
    for end in 0..whole.len() {
        let cut = check(&whole[..end], &scene.draft, &scene.csr, &scene.issuer);
        assert!(cut.is_err(), "cut at {end}");
    }
    let trailing = [&whole[..], &[0]].concat();
    assert!(check(&trailing, &scene.draft, &scene.csr, &scene.issuer).is_err());
}

#[track_caller]
fn assert_breaks(scene: &Scene, parts: &Parts, rule: &str) {
    let fault = scene.check(parts).err().map(|error| error.to_string());
    let named = fault.as_ref().is_some_and(|text| text.contains(rule));
    assert!(named, "{rule}: {fault:?}");
}

fn dates(begin: &str, end: &str) -> Vec<u8> {
    let mut out = DerWriter::default();
    out.nest(Tag::Sequence, |dates| {
        dates.element(Tag::UtcTime, begin.as_bytes())?;
        dates.element(Tag::UtcTime, end.as_bytes())
    })
    .unwrap();
    out.finish()
}

fn names(texts: &[&str]) -> Vec<u8> {
    let names: Vec<AltName> = texts.iter().map(|text| text.parse().unwrap()).collect();
    write_names(&names).unwrap()
}

const BASIC: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const NAMES: &str = "2.5.29.17";
const AUTHORITY: &str = "2.5.29.35";
