//! One certificate's settings, read and checked.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sapi::KeyKind;
use sapi::{AltName, DistinguishedName, Validity};
use sapi_client::{Address, Anchors, Client, Server, Wish};
use sapi_tools::exit::Failure;

use super::after::After;
use super::exit;
use super::files::Layout;
use super::options::Options;
use super::owner::Owner;
use super::roots;

/// One certificate's settings.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The prefix of messages, where several certificates are at work. Otherwise empty.
    pub(crate) label: String,
    pub(crate) client: Client,
    pub(crate) dir: PathBuf,
    pub(crate) layout: Layout,
    pub(crate) key: KeyKind,
    pub(crate) waiting: Waiting,
    pub(crate) before: Option<Duration>,
    pub(crate) new_key: bool,
    pub(crate) start_over: bool,
    pub(crate) after: After,
}

/// How long a run waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Ask once, whatever the answer.
    Once,
    /// Until the request is decided, unless the server stays away.
    Decision,
    /// Until the request is decided, however long the server is away.
    Always,
}

impl Settings {
    /// Checks the options, and reads the certificates of the files that they name.
    pub(crate) fn new(label: &str, options: &Options) -> Result<Self, Failure> {
        let server = server(options)?;
        let dir = required(options.dir.clone(), "dir")?;
        let mode = options.mode.as_deref().map_or(Ok(0o600), mode)?;
        let owner = options.owner.as_deref().map(Owner::read).transpose();
        Ok(Self {
            label: label.to_owned(),
            layout: Layout {
                combined: options.combined,
                mode,
                owner: owner.map_err(|why| of("owner", why))?.unwrap_or_default(),
            },
            key: options
                .key
                .as_deref()
                .map_or(Ok(KeyKind::default()), |text| parse("key", text))?,
            waiting: match (options.once, options.wait) {
                (true, true) => return Err(exit::settings("once and wait: choose one")),
                (true, false) => Waiting::Once,
                (false, true) => Waiting::Always,
                (false, false) => Waiting::Decision,
            },
            before: options.before.as_deref().map(time).transpose()?,
            new_key: options.new_key,
            start_over: options.start_over,
            after: After::new(options, &dir)?,
            client: Client {
                server,
                anchors: anchors(options)?,
                wish: wish(options)?,
            },
            dir,
        })
    }
}

/// The service alone, which is all that a probe needs. The system's roots are read only for TLS.
pub(crate) fn server(options: &Options) -> Result<Server, Failure> {
    let url = required(options.url.as_deref(), "url")?;
    let address: Address = parse("url", url)?;
    let client = parse("client", required(options.client.as_deref(), "client")?)?;
    let over_tls = address.is_tls();
    let server = Server::new(address, client);
    let (pem, origin) = match &options.tls_ca_file {
        Some(file) => (read(file)?, file.display().to_string()),
        None if over_tls => (roots::system()?, "the system's certificates".into()),
        None => return Ok(server),
    };
    server.with_roots(&pem).map_err(|error| of(&origin, error))
}

fn anchors(options: &Options) -> Result<Anchors, Failure> {
    let mut anchors = Anchors::default();
    if options.ca_file.is_none() && options.ca_fingerprint.is_empty() {
        let text = "ca-file or ca-fingerprint is missing: which certificate authority is trusted?";
        return Err(exit::settings(text));
    }
    if let Some(file) = &options.ca_file {
        let pem = read(file)?;
        let read = anchors.with_certificates(&pem);
        anchors = read.map_err(|error| of(&file.display().to_string(), error))?;
    }
    for text in &options.ca_fingerprint {
        let read = anchors.with_fingerprint(text.trim());
        anchors = read.map_err(|error| of("ca-fingerprint", error))?;
    }
    Ok(anchors)
}

fn wish(options: &Options) -> Result<Wish, Failure> {
    let common_name = format!("CN={}", options.client.as_deref().unwrap_or_default());
    let fields = if options.field.is_empty() {
        std::slice::from_ref(&common_name)
    } else {
        &options.field
    };
    let mut pairs = Vec::new();
    for field in fields {
        let pair = field.trim().split_once('=');
        pairs.push(pair.ok_or_else(|| {
            of(
                "field",
                format!("{field:?} is not KEY=VALUE, such as CN=web01"),
            )
        })?);
    }
    let mut names: Vec<AltName> = Vec::new();
    for text in &options.name {
        let name = parse("name", text.trim())?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(Wish {
        subject: DistinguishedName::from_fields(pairs).map_err(|error| of("field", error))?,
        names,
    })
}

fn required<T>(value: Option<T>, name: &str) -> Result<T, Failure> {
    value.ok_or_else(|| {
        let variable = name.to_uppercase();
        exit::settings(format!(
            "{name} is missing: give --{name}, SAPI_CLIENT_{variable}, or {name} in a file"
        ))
    })
}

fn parse<T: FromStr<Err: fmt::Display>>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error| of(name, error))
}

fn mode(text: &str) -> Result<u32, Failure> {
    match u32::from_str_radix(text, 8) {
        // The owner must be able to read the key; nobody executes it, and others may not read it.
        Ok(mode) if mode & !0o660 == 0 && mode & 0o400 != 0 => Ok(mode),
        _ => Err(of(
            "mode",
            format!("{text:?} is not a mode for a file with a key: write 0600 or 0640"),
        )),
    }
}

fn time(text: &str) -> Result<Duration, Failure> {
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        return Err(of(
            "before",
            format!("{text:?} has no unit: write s, m, h, d, w or y after it"),
        ));
    }
    parse("before", text).map(Validity::duration)
}

pub(crate) fn of(name: &str, error: impl fmt::Display) -> Failure {
    exit::settings(format!("{name}: {error}"))
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| of(&file.display().to_string(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            url: Some("unix:/run/sapi/sapi.sock".into()),
            client: Some("web01".into()),
            dir: Some("/var/lib/tls".into()),
            ca_fingerprint: vec!["0".repeat(64)],
            ..Options::default()
        }
    }

    fn says(change: impl Fn(&mut Options)) -> String {
        let mut options = options();
        change(&mut options);
        let failure = Settings::new("", &options).unwrap_err();
        assert_eq!(failure.code(), 78);
        failure.to_string()
    }

    #[test]
    fn the_defaults() {
        let settings = Settings::new("", &options()).unwrap();
        assert_eq!(settings.client.wish.subject.to_string(), "CN=web01");
        assert_eq!((settings.layout.mode, settings.key), (0o600, KeyKind::P256));
        assert_eq!(settings.waiting, Waiting::Decision);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(says(|o| o.url = None).contains("--url, SAPI_CLIENT_URL"));
        assert!(says(|o| o.client = Some("a-b".into())).starts_with("client: "));
        assert!(
            says(|o| o.ca_fingerprint.clear()).contains("ca-file or ca-fingerprint is missing")
        );
        assert!(says(|o| o.ca_file = Some("/no/such/file".into())).starts_with("/no/such/file: "));
        assert!(says(|o| o.name = vec!["www.example.com".into()]).starts_with("name: "));
        assert!(says(|o| o.field = vec!["web01".into()]).contains("KEY=VALUE"));
        assert!(says(|o| o.key = Some("dsa".into())).contains("is not one of"));
        for wrong in ["644", "0604", "0700", "8", "", "200", "1600"] {
            assert!(
                says(|o| o.mode = Some(wrong.into())).starts_with("mode: "),
                "{wrong}"
            );
        }
        assert!(says(|o| o.before = Some("30".into())).contains("no unit"));
        assert!(says(|o| (o.once, o.wait) = (true, true)).contains("choose one"));
        assert!(says(|o| o.signal = Some("HUP".into())).contains("pid-file"));
    }
}
