//! Odd values of settings, given to every program that reads settings: all must give one answer.

use std::fs;
use std::path::PathBuf;
use std::thread;

use sapi::ServiceSettings;
use sapi::testing::RequestBuilder;
use sapi_stock::Journal;
use sapi_stock::approvals::Store;
use sapi_tests::shell::Place;
use sapi_tests::tool::{Outcome, binary, detached, run};
use tempfile::TempDir;

const ODD_DURATIONS: [&str; 9] = ["500ms", "0", "0h", "0ms", "5", "1.5s", "", "5 m", "2y"];
const ODD_VALIDITIES: [&str; 9] = ["500ms", "0", "0h", "5", "1.5d", "", "5 m", "2y", "20000y"];

/// The durations of the service for which zero means nothing.
const LONGER_THAN_ZERO: [&str; 6] = [
    "http.header_timeout",
    "http.body_timeout",
    "http.keep_alive",
    "http.shutdown_timeout",
    "signing.self_test_interval",
    "hooks.timeout",
];
const BACKDATE: &str = "certificate.backdate";
const MAX_VALIDITY: &str = "certificate.max_validity";

/// What is wrong with a value of a key; nothing with one that is taken.
fn wrong(key: &str, value: &str) -> Option<String> {
    let rule = "write a number and s, m, h, d, w or y, such as 90d; a bare number counts years";
    match (key, value) {
        (MAX_VALIDITY, "5" | "2y") | (BACKDATE, "0" | "0h" | "0ms") => None,
        (MAX_VALIDITY, _) => Some(format!("{value:?} is not a validity: {rule}")),
        (_, "500ms") => None,
        (_, "0" | "0h" | "0ms") => Some("must be longer than zero".into()),
        (key, "2y") if key.starts_with("hooks.approvals") => None,
        (_, "2y") => Some("is longer than a year".into()),
        _ => Some(format!(
            "{value:?} is not a duration such as 10s, 500ms or 5m"
        )),
    }
}

#[test]
fn every_reader_refuses_an_odd_value_with_the_same_words() {
    let scene = Scene::new();
    thread::scope(|scope| {
        let durations = LONGER_THAN_ZERO.into_iter().chain([BACKDATE]);
        let all = durations.map(|key| (key, ODD_DURATIONS));
        for (key, values) in all.chain([(MAX_VALIDITY, ODD_VALIDITIES)]) {
            let scene = &scene;
            scope.spawn(move || {
                for value in values {
                    if let Some(wrong) = wrong(key, value) {
                        scene.refuses(key, value, &wrong);
                    }
                }
            });
        }
    });
}

#[test]
fn every_reader_takes_an_odd_value_that_means_something() {
    let scene = Scene::new();
    for (backdate, validity) in [("500ms", "5"), ("0", "2y"), ("0h", "2y"), ("0ms", "2y")] {
        let durations = LONGER_THAN_ZERO.map(|key| (key, "500ms"));
        let odd = [(BACKDATE, backdate), (MAX_VALIDITY, validity)];
        let odd = [&durations[..], &odd].concat();
        assert!(odd.iter().all(|(key, value)| wrong(key, value).is_none()));
        let in_file = scene.settings(&odd);
        ServiceSettings::read(Some(&in_file.path().join("sapi.toml"))).unwrap();
        let plain = scene.settings(&[]);
        for reader in Reader::ALL {
            reader.assert_taken(&scene.ask(reader, &in_file, &[]));
            reader.assert_taken(&scene.ask(reader, &plain, &odd));
        }
    }
}

#[test]
fn durations_of_a_hook_are_read_alike_too() {
    let scene = Scene::new();
    for (key, value) in ["retry_after", "max_age"]
        .iter()
        .flat_map(|key| ODD_DURATIONS.map(|value| (format!("hooks.approvals.{key}"), value)))
    {
        let folder = scene.settings(&[(&key, value)]);
        let told = wrong(&key, value).map(|wrong| {
            let shown = key.replace("hooks.approvals.", "[hooks.approvals] ");
            let file = folder.path().join("sapi.toml");
            format!("{shown}: {wrong} (in {}, line {LINE})\n", file.display())
        });
        for (reader, prefix) in [
            (Reader::Serve, "error: hooks: "),
            (Reader::Explain, "error: hooks: "),
            (Reader::Approve, "error: "),
        ] {
            let outcome = scene.ask(reader, &folder, &[]);
            match &told {
                Some(told) => assert_eq!(outcome.stderr, format!("{prefix}{told}")),
                None => reader.assert_taken(&outcome),
            }
        }
    }
}

/// A CA, a journal and a folder of requests, which all the settings share.
struct Scene {
    place: Place,
    request: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let place = Place::new("");
        Journal::open(&place.file("journal")).unwrap();
        Store::open(&place.file("approvals")).unwrap();
        let request = place.file("web01.der");
        let der = RequestBuilder::new().common_name("web01").build_der();
        fs::write(&request, der).unwrap();
        Self { place, request }
    }

    /// Gives a value to every reader, in the file and in the environment.
    fn refuses(&self, key: &str, value: &str, wrong: &str) {
        let in_file = self.settings(&[(key, value)]);
        let file = in_file.path().join("sapi.toml");
        let of_file = format!("{key}: {wrong} (in {}, line {LINE})", file.display());
        let read = ServiceSettings::read(Some(&file)).unwrap_err();
        assert_eq!(read.to_string(), of_file);
        let plain = self.settings(&[]);
        let of_environment = format!("{key}: {wrong} (in environment, {})", variable(key));
        for reader in Reader::ALL {
            reader.assert_refused(&self.ask(reader, &in_file, &[]), &of_file);
            let outcome = self.ask(reader, &plain, &[(key, value)]);
            reader.assert_refused(&outcome, &of_environment);
        }
    }

    /// A file of settings in a folder of its own. The first odd value is on line [`LINE`].
    fn settings(&self, odd: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        let here = self.place.path().display();
        let odd = odd.iter();
        let odd: String = odd
            .map(|(key, value)| format!("{key} = {value:?}\n"))
            .collect();
        let text = format!(
            "ca_path = \"{here}\"\nhooks.journal.folder = \"{here}/journal\"\n\
             hooks.approvals.folder = \"{here}/approvals\"\nhooks.approvals.validity = \"48h\"\n\
             {odd}allow_root = true\n"
        );
        fs::write(folder.path().join("sapi.toml"), text).unwrap();
        folder
    }

    fn ask(&self, reader: Reader, folder: &TempDir, environment: &[(&str, &str)]) -> Outcome {
        let (program, words): (&str, &[&str]) = match reader {
            Reader::Serve => ("sapi-hooks-example", &["serve"]),
            Reader::Explain => ("sapi-hooks-example", &["explain", "--client", "web01"]),
            Reader::Config => ("sapi-hooks-example", &["config"]),
            Reader::Approve => ("ca_approve", &["show", "web01"]),
            Reader::Journal => ("ca_journal", &["list"]),
        };
        let mut command = detached(&binary(program));
        command.args(words);
        command.arg("--config").arg(folder.path().join("sapi.toml"));
        if let Reader::Explain = reader {
            command.arg(&self.request);
        }
        for (key, value) in environment {
            command.env(variable(key), value);
        }
        run(&mut command)
    }
}

fn variable(key: &str) -> String {
    format!("SAPI_{}", key.replace('.', "__").to_uppercase())
}

const LINE: usize = 5;

/// A program that reads the settings.
#[derive(Clone, Copy, Debug)]
enum Reader {
    /// Gets no passphrase, so it ends after its settings and hooks.
    Serve,
    Explain,
    Config,
    Approve,
    Journal,
}

impl Reader {
    const ALL: [Self; 5] = [
        Self::Serve,
        Self::Explain,
        Self::Config,
        Self::Approve,
        Self::Journal,
    ];

    fn assert_refused(self, outcome: &Outcome, told: &str) {
        let prefix = match self {
            Self::Serve | Self::Explain | Self::Config => "error: settings: ",
            Self::Approve | Self::Journal => "error: ",
        };
        assert_eq!(outcome.stderr, format!("{prefix}{told}\n"), "{self:?}");
        assert_eq!(outcome.code, Some(78), "{self:?}: {told}");
    }

    /// It went on to what comes after the settings.
    fn assert_taken(self, outcome: &Outcome) {
        let (code, said) = match self {
            Self::Serve => (78, "passphrase"),
            // A person would have to decide.
            Self::Explain => (75, ""),
            Self::Approve => (1, "there is no request of web01"),
            Self::Config | Self::Journal => (0, ""),
        };
        let stderr = &outcome.stderr;
        assert_eq!(outcome.code, Some(code), "{self:?}: {stderr}");
        assert!(stderr.contains(said), "{self:?}: {stderr}");
    }
}
