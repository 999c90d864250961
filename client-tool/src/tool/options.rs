//! The command line, the environment and the settings file, as they are written.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
use sapi_tools::Generate;
use serde::Deserialize;

/// Gets a certificate from a certificate authority (sapi), and keeps it fresh.
///
/// Makes a private key if none exists, sends a request for a certificate, waits until it is decided,
/// checks what comes back, and writes key.pem, cert.pem, chain.pem and fullchain.pem into a directory.
/// Leaves an existing certificate alone if it is what the settings ask for.
#[derive(Clone, Debug, Parser)]
#[command(name = "sapi-client", after_help = EXAMPLES, version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) mode: Option<Mode>,

    /// Take settings from this file (TOML; the keys are the options' names, with _ for -)
    #[arg(long, value_name = "FILE", env = "SAPI_CLIENT_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,

    /// Run once for each settings file (*.toml) in this directory, all at the same time
    #[arg(
        long,
        value_name = "DIR",
        env = "SAPI_CLIENT_CONFIG_DIR",
        global = true,
        conflicts_with = "config"
    )]
    pub(crate) config_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) options: Options,

    #[command(flatten)]
    pub(crate) generate: Generate,
}

/// What to do instead of getting a first certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Mode {
    /// Get another certificate if less than a third of its lifetime (or --before) is left
    ///
    /// Gets a first certificate if none exists. Shows the old one to a server that asks for a certificate
    /// over TLS.
    Renew,
    /// Stay and renew in time, until stopped
    ///
    /// Looks at the clock every half a minute, so that neither suspending the machine nor setting its clock
    /// makes it late. Ends by itself only if the certificate authority rejects a request, or a setting is
    /// wrong.
    Daemon,
    /// Check that the service is there and that its TLS certificate verifies; nothing is signed
    Probe,
}

/// One certificate's settings. A flag overrides the environment, and both override the file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Options {
    /// The service: https://HOST[:PORT][/PREFIX], http://127.0.0.1:PORT or unix:/SOCKET
    #[arg(long, value_name = "URL", env = "SAPI_CLIENT_URL", global = true)]
    pub(crate) url: Option<String>,

    /// The identifier under which the service knows this client: letters and digits
    #[arg(long, value_name = "ID", env = "SAPI_CLIENT_CLIENT", global = true)]
    pub(crate) client: Option<String>,

    /// The directory for key and certificate; made if missing
    #[arg(long, value_name = "DIR", env = "SAPI_CLIENT_DIR", global = true)]
    pub(crate) dir: Option<PathBuf>,

    /// A name to ask for: DNS:HOST, IP:ADDRESS, email:MAILBOX or URI:ID; repeat it, or separate by commas
    #[arg(
        long = "name",
        value_name = "NAME",
        env = "SAPI_CLIENT_NAME",
        value_delimiter = ',',
        global = true
    )]
    pub(crate) name: Vec<String>,

    /// A field of the subject, such as "O=Example, Inc."; repeat it, or separate by semicolons [default: CN=ID]
    #[arg(
        short,
        long = "field",
        value_name = "KEY=VALUE",
        env = "SAPI_CLIENT_FIELD",
        value_delimiter = ';',
        global = true
    )]
    pub(crate) field: Vec<String>,

    /// The kind of key: rsa:2048, rsa:3072, rsa:4096, ec:p256, ec:p384 or ed25519 [default: ec:p256]
    #[arg(long, value_name = "KIND", env = "SAPI_CLIENT_KEY", global = true)]
    pub(crate) key: Option<String>,

    /// The certificate of the certificate authority, in PEM
    #[arg(long, value_name = "FILE", env = "SAPI_CLIENT_CA_FILE", global = true)]
    pub(crate) ca_file: Option<PathBuf>,

    /// Instead of --ca-file, the certificate's SHA-256 fingerprint; repeat it, or separate by commas
    #[arg(
        long,
        value_name = "SHA256",
        env = "SAPI_CLIENT_CA_FINGERPRINT",
        value_delimiter = ',',
        global = true
    )]
    pub(crate) ca_fingerprint: Vec<String>,

    /// Verify the TLS server against the certificates in this file [default: the system's]
    #[arg(
        long,
        value_name = "FILE",
        env = "SAPI_CLIENT_TLS_CA_FILE",
        global = true
    )]
    pub(crate) tls_ca_file: Option<PathBuf>,

    /// Write one file, combined.pem (key, certificate, chain), instead of the four
    #[arg(long, env = "SAPI_CLIENT_COMBINED", global = true, value_parser = yes_or_no())]
    pub(crate) combined: bool,

    /// The owner of the files: USER, USER:GROUP or :GROUP [default: the process's user and group]
    #[arg(long, value_name = "OWNER", env = "SAPI_CLIENT_OWNER", global = true)]
    pub(crate) owner: Option<String>,

    /// The mode of the file with the key, in octal [default: 0600]
    #[arg(long, value_name = "MODE", env = "SAPI_CLIENT_MODE", global = true)]
    pub(crate) mode: Option<String>,

    /// Ask once; do not wait for a decision or try again
    #[arg(long, env = "SAPI_CLIENT_ONCE", global = true, value_parser = yes_or_no(), conflicts_with = "wait")]
    pub(crate) once: bool,

    /// Wait until the request is decided, even while the server is away [default: give up when it stays away]
    #[arg(long, env = "SAPI_CLIENT_WAIT", global = true, value_parser = yes_or_no())]
    pub(crate) wait: bool,

    /// Renew when less than this is left: a number with s, m, h, d, w or y [default: a third of the lifetime]
    #[arg(long, value_name = "TIME", env = "SAPI_CLIENT_BEFORE", global = true)]
    pub(crate) before: Option<String>,

    /// Make a new key for each renewal
    #[arg(long, env = "SAPI_CLIENT_NEW_KEY", global = true, value_parser = yes_or_no())]
    pub(crate) new_key: bool,

    /// If the request is rejected, make a new key and request and ask once more
    #[arg(long, env = "SAPI_CLIENT_START_OVER", global = true, value_parser = yes_or_no())]
    pub(crate) start_over: bool,

    /// Run this command after a new certificate, with `sh -c`
    #[arg(
        long,
        value_name = "COMMAND",
        env = "SAPI_CLIENT_ON_RENEW",
        global = true
    )]
    pub(crate) on_renew: Option<String>,

    /// Run `systemctl reload` for this unit after a new certificate
    #[arg(
        long,
        value_name = "UNIT",
        env = "SAPI_CLIENT_RELOAD_UNIT",
        global = true
    )]
    pub(crate) reload_unit: Option<String>,

    /// After a new certificate, send a signal to the process whose id is in this file
    #[arg(long, value_name = "FILE", env = "SAPI_CLIENT_PID_FILE", global = true)]
    pub(crate) pid_file: Option<PathBuf>,

    /// The signal to send: HUP, INT, TERM, USR1, USR2 or WINCH [default: HUP]
    #[arg(long, value_name = "SIGNAL", env = "SAPI_CLIENT_SIGNAL", global = true)]
    pub(crate) signal: Option<String>,
}

impl Options {
    /// Takes what is missing here from a file. `once` and `wait` are one setting.
    pub(crate) fn or(self, file: Self) -> Self {
        let said = self.once || self.wait;
        Self {
            url: self.url.or(file.url),
            client: self.client.or(file.client),
            dir: self.dir.or(file.dir),
            name: either(self.name, file.name),
            field: either(self.field, file.field),
            key: self.key.or(file.key),
            ca_file: self.ca_file.or(file.ca_file),
            ca_fingerprint: either(self.ca_fingerprint, file.ca_fingerprint),
            tls_ca_file: self.tls_ca_file.or(file.tls_ca_file),
            combined: self.combined || file.combined,
            owner: self.owner.or(file.owner),
            mode: self.mode.or(file.mode),
            once: if said { self.once } else { file.once },
            wait: if said { self.wait } else { file.wait },
            before: self.before.or(file.before),
            new_key: self.new_key || file.new_key,
            start_over: self.start_over || file.start_over,
            on_renew: self.on_renew.or(file.on_renew),
            reload_unit: self.reload_unit.or(file.reload_unit),
            pid_file: self.pid_file.or(file.pid_file),
            signal: self.signal.or(file.signal),
        }
    }
}

/// What an environment variable may say for a flag: 1, true, yes, on, or their opposites.
fn yes_or_no() -> BoolishValueParser {
    BoolishValueParser::new()
}

fn either(said: Vec<String>, file: Vec<String>) -> Vec<String> {
    if said.is_empty() { file } else { said }
}

const EXAMPLES: &str = "\
Examples:
  sapi-client --url https://ca.example.com --client abc123 --dir /var/lib/myapp/tls \\
      --name DNS:www.example.com --ca-file /etc/sapi-client/ca.pem
  sapi-client renew --once --config-dir /etc/sapi-client --reload-unit nginx.service

Exit codes: 0 done, or nothing to do; 1 another run is at work in the directory; 69 not decided yet;
75 temporary failure (server away or busy, wrong clock); 77 rejected; 78 bad settings; 127 anything
else. With several certificates the gravest code counts, in the order 127, 78, 77, 75, 69, 1.";
