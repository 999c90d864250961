//! Looks upward are found, from floor to floor and from room to room.

use super::{Files, assert_none, floor_faults, order_faults, read};

#[test]
fn a_look_up_to_a_higher_floor() {
    const HOOKS: (&str, &str) = ("hooks/mod.rs", "pub use chain::Chain;");
    const CHAIN: (&str, &str) = ("hooks/chain.rs", "pub struct Chain;");
    for (path, content) in [
        ("request/csr.rs", "use crate::hooks::Chain;"),
        ("request/mod.rs", "use super::hooks::chain::Chain;"),
        ("request/csr.rs", "use super::super::hooks::Chain;"),
        (
            "certificate/tbs.rs",
            "use crate::{\n    certificate,\n    hooks::{Chain},\n};",
        ),
        ("identity.rs", "fn f() { crate::hooks::Chain::of() }"),
        (
            "encoding/hex.rs",
            "fn f() -> Vec<crate::hooks::chain::Chain> { vec![] }",
        ),
    ] {
        assert_eq!(
            floors(&[HOOKS, CHAIN, (path, content)]),
            [format!(
                "{path} -> hooks/chain.rs: Chain: looks up to hooks"
            )],
            "{content}"
        );
    }
    for path in [
        "hooks/guard.rs",
        "pipeline.rs",
        "server/mod.rs",
        "internals.rs",
    ] {
        assert_none(&floors(&[HOOKS, CHAIN, (path, "use crate::hooks::Chain;")]));
    }
}

#[test]
fn nothing_looks_up_to_the_command_line_or_to_the_internals() {
    for (user, definer) in [("server", "command"), ("command", "internals")] {
        let faults = floors(&[
            (
                &format!("{user}/mod.rs"),
                &format!("use crate::{definer}::X;"),
            ),
            (&format!("{definer}/mod.rs"), "pub struct X;"),
        ]);
        let fault = format!("{user}/mod.rs -> {definer}/mod.rs: X: looks up to {definer}");
        assert_eq!(faults, [fault]);
    }
}

#[test]
fn ways_around_the_floors() {
    for (path, content, fault) in [
        (
            "hooks/mod.rs",
            "use crate::Csr;",
            "hooks/mod.rs: takes Csr from the crate root, not from its floor",
        ),
        (
            "hooks/chain.rs",
            "fn f(_: super::super::Csr) {}",
            "hooks/chain.rs: takes Csr from the crate root, not from its floor",
        ),
        ("attic/mod.rs", "", "attic/mod.rs: is on no floor"),
        (
            "pipeline.rs",
            "use actix_web::web;",
            "pipeline.rs: uses actix_web, which is for server",
        ),
        (
            "pipeline.rs",
            "#[actix_web::main]\nasync fn main() {}",
            "pipeline.rs: uses actix_web, which is for server",
        ),
        (
            "testing/mod.rs",
            "fn f() { config::Config::builder(); }",
            "testing/mod.rs: uses config, which is for settings",
        ),
        (
            "testing/mod.rs",
            "fn f(_: ::config::Config) {}",
            "testing/mod.rs: uses config, which is for settings",
        ),
        (
            "testing/mod.rs",
            "pub use ::config;",
            "testing/mod.rs: uses config, which is for settings",
        ),
    ] {
        let faults = floors(&[
            ("lib.rs", "pub use request::Csr;"),
            ("request/mod.rs", "pub struct Csr;"),
            (path, content),
        ]);
        assert_eq!(faults, [fault], "{content}");
    }
    assert_none(&floors(&[
        ("testing/config.rs", "pub fn x() {}"),
        (
            "testing/mod.rs",
            "fn f() { config::x(); self::config::x(); <Harness>::config() }\nstruct Harness;",
        ),
    ]));
}

#[test]
fn the_order_in_lib_rs_is_read() {
    let lib = "mod encoding;\n\nmod request;\n\npub mod testing;\n\nmod server;\n\nmod command;\n";
    assert_none(&order_faults(lib));
    assert_eq!(
        order_faults("mod hooks;\nmod request;"),
        ["lib.rs: request is declared above its floor"]
    );
    for declaration in ["mod attic;", "pub mod attic;", "pub(crate) mod attic;"] {
        assert_eq!(order_faults(declaration), ["lib.rs: attic is on no floor"]);
    }
}

#[test]
fn a_blank_line_makes_one_room_higher_than_another() {
    let files = |module| {
        [
            ("identity/mod.rs", module),
            ("identity/key/mod.rs", "use super::life::create;"),
            ("identity/life.rs", "pub fn create() {}"),
        ]
    };
    let rooms = |module| {
        let sources = read(&files(module));
        sources.rooms.faults(&sources.edges)
    };
    assert_eq!(
        rooms("mod key;\n\npub(crate) mod life;"),
        [
            "identity/key/mod.rs -> identity/life.rs: create: identity/mod.rs puts the room key below life"
        ]
    );
    assert_none(&rooms("mod life;\n\nmod key;"));
    assert_none(&rooms("mod key;\nmod life;"));
}

fn floors(files: Files) -> Vec<String> {
    let sources = read(files);
    let names = sources.files.iter().map(String::as_str);
    floor_faults(&sources.edges, names)
}
