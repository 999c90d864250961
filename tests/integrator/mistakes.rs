//! Likely mistakes do not compile, and the compiler says what to do.
//!
//! The messages in `compile-fail/*.stderr` come from CI's compiler. With another compiler,
//! `TRYBUILD=overwrite cargo test -p sapi-tests mistakes` rewrites them: read them before you keep them.

use std::fs;
use std::path::Path;

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("compile-fail/*.rs");
}

/// The words that a newcomer to the project must find in the message.
#[test]
fn the_messages_say_what_to_do() {
    for (case, words) in [
        (
            "forged_terms",
            &["fields `validity` and `names`", "are private"][..],
        ),
        (
            "forged_certificate",
            &["no function or associated item named `new`"],
        ),
        ("changed_public_key", &["no method named `set_public_key`"]),
        ("changed_certificate", &["no method named `names_mut`"]),
        (
            "not_send",
            &["cannot be sent between threads safely", "count", "await"],
        ),
        (
            "not_sync",
            &["cannot be shared between threads safely", "RwLock"],
        ),
        (
            "not_hooks",
            &[
                "`Members` is not a set of signing hooks",
                "impl sapi::SigningHooks for Members",
            ],
        ),
        (
            "async_trait_forgotten",
            &["lifetime parameters", "authorize"],
        ),
        (
            "terms_for_verdict",
            &["expected `Verdict`, found `Terms`", "Verdict::Grant"],
        ),
        ("boolean_for_verdict", &["expected `Verdict`, found `bool`"]),
        (
            "error_that_denies",
            &["conflicting implementations", "From<NotAMember>"],
        ),
    ] {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("compile-fail/{case}.stderr"));
        let message = fs::read_to_string(&file).unwrap();
        for word in words {
            assert!(message.contains(word), "{case}: {word}\n{message}");
        }
    }
}
