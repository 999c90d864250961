//! A run of the program, from its command line to its exit code.

use std::collections::HashSet;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::CommandFactory;
use sapi::identity::hardening;
use sapi_tools::exit::{Failure, conclude};
use sapi_tools::{parse, version};

use super::clock::SystemClock;
use super::daemon::stay;
use super::exit::{self, OTHER, SETTINGS, gravest};
use super::options::{Arguments, Mode, Options};
use super::probe::probe;
use super::round::{Purpose, round};
use super::settings::{Settings, of, read};

/// What `main` does.
pub(crate) fn run() -> ExitCode {
    // This comes first: later there are threads, and keys in memory.
    if let Err(error) = hardening::before_secrets() {
        return conclude("", Err(exit::other(error))).into();
    }
    let command = || Arguments::command().version(version(openssl::version::version()));
    let arguments: Arguments = match parse(command(), env::args_os(), SETTINGS) {
        Ok(arguments) => arguments,
        Err(code) => return code.into(),
    };
    ExitCode::from(if let Some(page) = arguments.generate.page() {
        conclude("", page.print(command()).map_err(exit::other))
    } else if let Some(folder) = &arguments.config_dir {
        match plans(&arguments, folder) {
            Ok(plans) => gravest(together(plans, arguments.mode)),
            Err(failure) => conclude("", Err(failure)),
        }
    } else {
        conclude("", alone(&arguments))
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
                conclude(&label, outcome)
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
