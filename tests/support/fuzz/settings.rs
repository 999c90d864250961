//! Settings: whatever is accepted prints as settings that mean the same.

/// The input is the text of a settings file.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match sapi::internals::settings(text) {
        Ok(printed) => {
            let again = sapi::internals::settings(&printed);
            // One line for each value makes of tables in tables a deeper key than a file may have.
            if again
                .as_ref()
                .is_err_and(|error| error.contains("recursion limit"))
            {
                return;
            }
            assert_eq!(
                again.as_ref(),
                Ok(&printed),
                "printed settings mean something else"
            );
        }
        Err(error) => assert!(!error.trim().is_empty(), "an error without words"),
    }
}

/// The shipped files, and a table of a hook's.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let read = |name: &str| {
        let path = format!("{}/../deploy/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    };
    vec![
        read("sapi.toml"),
        read("sapi.dev.toml"),
        b"listen = \"127.0.0.1:8080\"\n[certificate]\nmax_validity = \"90d\"\n".to_vec(),
        b"http.max_body = 1\nproxy.trusted_networks = [\"10.0.0.0/8\"]\n".to_vec(),
        b"[hooks.members]\nfile = 'x'\ndepth = { a = [1, 2.5, true] }\n".to_vec(),
    ]
}
