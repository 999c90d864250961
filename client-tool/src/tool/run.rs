//! A run of the program, from its command line to its exit code.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::thread;

use clap::{CommandFactory, FromArgMatches};
use sapi::identity::hardening;

use super::clock::SystemClock;
use super::daemon::stay;
use super::exit::{Failure, OTHER, SETTINGS, gravest};
use super::options::{Arguments, Mode, Options};
use super::probe::probe;
use super::round::{Purpose, round};
use super::settings::{Settings, of, read};

/// What `main` does.
pub(crate) fn run() -> ExitCode {
    // This comes first: later there are threads, and keys in memory.
    if let Err(error) = hardening::before_secrets() {
        return ExitCode::from(told("", Err(Failure::other(error))));
    }
    let command = || Arguments::command().version(VERSION.as_str());
    let parsed = command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { SETTINGS } else { 0 });
        }
    };
    ExitCode::from(if arguments.generate.wanted() {
        let printed = arguments.generate.print(command());
        told("", printed.map_err(Failure::other))
    } else if let Some(folder) = &arguments.config_dir {
        match plans(&arguments, folder) {
            Ok(plans) => gravest(together(plans, arguments.mode)),
            Err(failure) => told("", Err(failure)),
        }
    } else {
        told("", alone(&arguments))
    })
}

fn alone(arguments: &Arguments) -> Result<(), Failure> {
    let flags = arguments.options.clone();
    let options = match &arguments.config {
        Some(file) => flags.or(from_file(file)?),
        None => flags,
    };
    one("", &options, arguments.mode)
}

/// One certificate's label, and its settings if they can be read.
type Plan = (String, Result<Options, Failure>);

fn plans(arguments: &Arguments, folder: &Path) -> Result<Vec<Plan>, Failure> {
    let mut seen = HashSet::new();
    let mut plan = |file: PathBuf| {
        let options = from_file(&file).map(|options| arguments.options.clone().or(options));
        let options = options.and_then(|options| match &options.dir {
            Some(dir) if !seen.insert(dir.clone()) => {
                Err(of("dir", "another file names the same directory"))
            }
            _ => Ok(options),
        });
        (label(&file), options)
    };
    Ok(files(folder)?.into_iter().map(&mut plan).collect())
}

/// Runs all at the same time, so that one that waits or fails does not delay the others.
fn together(plans: Vec<Plan>, mode: Option<Mode>) -> Vec<u8> {
    thread::scope(|scope| {
        let start = |(label, options): Plan| {
            scope.spawn(move || {
                let outcome = options.and_then(|options| one(&label, &options, mode));
                told(&label, outcome)
            })
        };
        let started: Vec<_> = plans.into_iter().map(start).collect();
        let codes = started.into_iter().map(|thread| thread.join());
        codes.map(|code| code.unwrap_or(OTHER)).collect()
    })
}

fn one(label: &str, options: &Options, mode: Option<Mode>) -> Result<(), Failure> {
    let clock = SystemClock;
    let settings = || Settings::new(label, options);
    match mode {
        Some(Mode::Probe) => probe(options, &clock),
        None => round(&settings()?, Purpose::Enrol, &clock),
        Some(Mode::Renew) => round(&settings()?, Purpose::Renew, &clock),
        Some(Mode::Daemon) => Err(stay(&settings()?, &clock)),
    }
}

/// Tells of a failure; the exit code is left.
fn told(label: &str, outcome: Result<(), Failure>) -> u8 {
    let Err(failure) = outcome else { return 0 };
    let _ = match label {
        "" => writeln!(io::stderr(), "error: {failure}"),
        label => writeln!(io::stderr(), "{label}: error: {failure}"),
    };
    failure.code
}

fn from_file(file: &Path) -> Result<Options, Failure> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    let text = String::from_utf8(bytes).map_err(|error| of(&name, error))?;
    toml::from_str(&text).map_err(|error| of(&name, error))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: io::Error| of(&folder.display().to_string(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension() == Some(OsStr::new("toml")) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(of(
            &folder.display().to_string(),
            "it contains no file *.toml",
        ));
    }
    Ok(files)
}

fn label(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{} ({})",
        env!("CARGO_PKG_VERSION"),
        openssl::version::version()
    )
});
