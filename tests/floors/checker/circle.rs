//! Circles of files and of rooms are found, however the names travel.

use super::super::circles::{circle_faults, room_circle_faults};
use super::{Files, assert_none, read};

#[test]
fn two_files() {
    let faults = circles(&[
        ("request/csr.rs", "use super::pem::read;\npub struct Csr;"),
        ("request/pem.rs", "use super::csr::Csr;\npub fn read() {}"),
    ]);
    assert_eq!(
        faults,
        ["a circle of 2 files: request/csr.rs, request/pem.rs\
          \n    request/csr.rs -> request/pem.rs: read\
          \n    request/pem.rs -> request/csr.rs: Csr"]
    );
}

#[test]
fn three_files() {
    let faults = circles(&[
        ("a.rs", "use crate::{b::B, e::E};\npub struct A;"),
        ("b.rs", "use crate::c::{C, c};\npub struct B;"),
        ("c.rs", "use super::a::A;\npub struct C;\npub fn c() {}"),
        ("d.rs", "use super::a::A;\npub struct D;"),
        ("e.rs", "use super::f::F;\npub struct E;"),
        ("f.rs", "pub struct F;"),
    ]);
    assert_eq!(
        faults,
        ["a circle of 3 files: a.rs, b.rs, c.rs\
          \n    a.rs -> b.rs: B\
          \n    b.rs -> c.rs: C, c\
          \n    c.rs -> a.rs: A"]
    );
}

#[test]
fn a_file_and_the_one_above_it() {
    let faults = circles(&[
        (
            "stock/mod.rs",
            "pub struct Stock;\nfn f() { file::write() }",
        ),
        ("stock/file.rs", "use super::Stock;\npub fn write() {}"),
    ]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let faults = circles(&[
        ("stock.rs", "pub struct Stock;\nuse file::write;"),
        (
            "stock/file.rs",
            "use crate::stock::Stock;\npub fn write() {}",
        ),
    ]);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

/// `b.rs` uses `A` in each of these ways, and `a.rs` uses `b.rs`.
#[test]
fn every_way_to_use_an_item() {
    for way in [
        "use super::A;",
        "use super::*;\nfn f(_: A) {}",
        "use super::a::*;\nfn f() -> Option<A> { None }",
        "use crate::room::a::A as Other;",
        "use crate::room::{self as here};\nfn f(_: here::A) {}",
        "use crate::{room::{a::{A}}};",
        "use super::super::room::A as _;",
        "fn f() { let _ = super::a::A::default(); }",
        "fn f() { use super::a; let _ = a::A; }",
        "fn f(a: &dyn crate::room::a::A) {}",
        "impl crate::room::A {}",
        "impl From<super::A> for u8 {}",
        "fn f<T: super::A>() {}",
        "fn f() { <u8 as super::A>::f() }",
        "fn f() { <super::A>::f() }",
        "fn f() { println!(\"{}\", super::a::A) }",
        "fn f() { select! { _ = super::A => {} } }",
        "use super::*;\nfn f() { select! { A => {} } }",
        "macro_rules! m { () => { $crate::room::a::A } }",
        "use super::*;\nfn f(x: u8) { match x { A => {} _ => {} } }",
        "#[serde(with = \"super::a\")]\nstruct X;",
        "#[serde(default = \"super::a::A\")]\nstruct X;",
        "#[arg(value_parser = super::a::A)]\nstruct X;",
        "mod inner { fn f(_: super::super::A) {} }",
        "mod inner { use super::*; fn f(_: Name) {} }\nuse super::A as Name;",
    ] {
        let faults = circles(&[
            ("room/mod.rs", "pub use a::A;\npub(crate) use b::B;"),
            ("room/a.rs", "use super::B;\npub struct A;"),
            ("room/b.rs", &format!("{way}\npub struct B;")),
        ]);
        assert_eq!(faults.len(), 1, "{way}");
        let circle = "a circle of 2 files: room/a.rs, room/b.rs\n";
        assert!(faults[0].starts_with(circle), "{way}: {faults:?}");
    }
}

/// None of these is the use of an item that `a.rs` defines.
#[test]
fn what_is_no_use() {
    for way in [
        "pub use super::a::A;",
        "pub(super) use super::A;",
        "mod a;",
        "use super::a;",
        "use ::room::a::A;",
        "#[cfg(test)]\nmod tests { use super::super::A; }",
        "#[cfg(all(test, unix))]\nuse super::A;",
        "#[cfg(test)]\nfn f(_: super::A) {}",
        "impl B { #[cfg(test)] fn f(_: super::A) {} }",
        "pub(in crate::room) struct X;",
        "/// [`super::A`]\nstruct X;",
        "use super::*;\nfn f(a: B) { a.A(); a.A; \"A\" }",
        "use super::*;\nfn f() { info!(A = 1) }",
        "use other::A;\nfn f(_: A) {}",
        "use super::*;\nfn f(a: B) { select! { _ = a.A() => {} } }",
        "use super::*;\nfn f() { select! { A: 1 => {} } }",
        "#[cfg(test)]\nmod checked { mod tests { use super::super::super::A; } }",
    ] {
        let faults = circles(&[
            ("room/mod.rs", "pub use a::A;\npub(crate) use b::B;"),
            ("room/a.rs", "use super::B;\npub struct A;"),
            ("room/b.rs", &format!("{way}\npub struct B;")),
            ("room/b/a.rs", ""),
        ]);
        assert_eq!(faults, Vec::<String>::new(), "{way}");
    }
}

#[test]
fn a_file_of_unit_tests_is_left_out() {
    let files = |attribute| {
        [
            (
                "room/mod.rs",
                format!("{attribute}\nmod checked;\npub struct Room;"),
            ),
            (
                "room/checked.rs",
                "use super::a::A;\npub struct Checked;".to_owned(),
            ),
            (
                "room/a.rs",
                "use super::checked::Checked;\npub struct A;".to_owned(),
            ),
        ]
    };
    for (attribute, number) in [("#[cfg(test)]", 0), ("#[cfg(unix)]", 1)] {
        let files = files(attribute);
        let files = files
            .each_ref()
            .map(|(path, content)| (*path, content.as_str()));
        assert_eq!(circles(&files).len(), number, "{attribute}");
    }
}

#[test]
fn a_crate_is_no_module_of_that_name() {
    assert_none(&circles(&[
        (
            "room/mod.rs",
            "use ::a::A;\npub struct Room;\nfn f(_: A) {}",
        ),
        ("room/a.rs", "use super::Room;\npub struct A;"),
    ]));
}

#[test]
fn variables_are_not_items() {
    assert_none(&circles(&[
        (
            "room/mod.rs",
            "pub use a::check;\npub struct Room;\nfn f(check: u8) -> u8 { check }",
        ),
        ("room/a.rs", "use super::Room;\npub fn check() {}"),
    ]));
}

#[test]
fn a_condition_that_is_not_of_tests_alone_does_not_hide_a_use() {
    for condition in ["any(test, feature = \"x\")", "not(test)", "unix"] {
        let faults = circles(&[
            (
                "a.rs",
                &format!("#[cfg({condition})]\nuse crate::b::B;\npub struct A;"),
            ),
            ("b.rs", "use crate::a::A;\npub struct B;"),
        ]);
        assert_eq!(faults.len(), 1, "{condition}");
    }
}

#[test]
fn macros_are_items_of_their_file() {
    let faults = circles(&[
        (
            "a.rs",
            "use crate::b::B;\nmacro_rules! told { () => {} }\npub(crate) use told;",
        ),
        ("b.rs", "told!();\npub struct B;"),
        ("c.rs", "crate::told!();"),
    ]);
    assert_eq!(
        faults,
        ["a circle of 2 files: a.rs, b.rs\n    a.rs -> b.rs: B\n    b.rs -> a.rs: told"]
    );
    for way in [
        "crate::told!();",
        "use crate::room::a::told;",
        "use crate::told;",
    ] {
        let faults = circles(&[
            (
                "room/a.rs",
                "use crate::b::B;\n#[macro_export] macro_rules! told { () => {} }\npub(crate) use told;",
            ),
            ("b.rs", &format!("{way}\npub struct B;")),
        ]);
        assert_eq!(faults.len(), 1, "{way}");
    }
    assert_none(&circles(&[
        (
            "a.rs",
            "use crate::b::B;\nfn f() { macro_rules! line { () => {} } }",
        ),
        ("b.rs", "fn f() { line!() }\npub struct B;"),
    ]));
}

#[test]
fn what_a_macro_defines_is_an_item() {
    let faults = circles(&[
        (
            "a.rs",
            "use crate::b::B;\nthread_local! { pub static HERE: u8 = 0; }",
        ),
        ("b.rs", "use crate::a::HERE;\npub struct B;"),
    ]);
    assert_eq!(faults.len(), 1);
}

#[test]
fn two_rooms_whose_files_are_in_no_circle() {
    let files = [
        ("key/kind.rs", "pub struct Kind;"),
        ("key/file.rs", "use crate::life::create::create;"),
        (
            "life/create.rs",
            "use crate::key::kind::Kind;\npub fn create() {}",
        ),
    ];
    assert_none(&circles(&files));
    assert_eq!(
        room_circle_faults(&read(&files).edges),
        ["a circle of 2 rooms: key, life\
          \n    key/file.rs -> life/create.rs: create\
          \n    life/create.rs -> key/kind.rs: Kind"]
    );
}

fn circles(files: Files) -> Vec<String> {
    circle_faults(&read(files).edges)
}
