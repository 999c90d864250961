//! `ca_gen_crl`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;
use sapi::identity::{load, load_issuer};
use sapi::{Identity, Validity};
use sapi_stock::{Crl, CrlError, PublishedCrl};
use sapi_tools::Generate;
use sapi_tools::exit::{CANNOT_CREATE, CONFIG, DATA, Failure, SOFTWARE, SYSTEM};
use serde_json::json;

use crate::directory::CaDirectory;
use crate::journal::{JournalLocation, failure};
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;
use crate::spinner::Spinner;

/// Publishes the revocation list: ca.crl, for the address in the certificates, and ca.crl.pem.
///
/// The list contains every certificate under this CA's name that the journal says is revoked. The file
/// crlnumber beside the journal keeps its number, and `openssl ca -gencrl` finds it there too. With --due it
/// acts, and asks for a passphrase, only if half of the list's time is over or something was revoked since:
/// run it as often as you like.
///
/// The passphrase comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_gen_crl", after_help = EXAMPLE)]
pub(crate) struct GenCrl {
    /// How long the list is valid; the next is due after half of that
    #[arg(short, long, default_value = "7d")]
    validity: Validity,

    /// The folder to publish the list in
    #[arg(long, value_name = "DIR", default_value = "/var/lib/sapi-crl")]
    publish: PathBuf,

    /// Publish only if a list is due
    #[arg(long)]
    due: bool,

    /// Print what was published as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    journal: JournalLocation,

    #[command(flatten)]
    directory: CaDirectory,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for GenCrl {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let directory = &self.directory.ca_path;
        let journal = self.journal.read_only()?;
        let crl = Crl {
            journal: &journal,
            folder: &self.publish,
        };
        if self.due {
            let issuer =
                load_issuer(directory, now).map_err(|error| Failure::new(CONFIG, error))?;
            if !crl.is_due(issuer.certificate(), now).map_err(refusal)? {
                return self.print(None);
            }
        }
        let passphrase = self
            .passphrase
            .sources()
            .unlock()
            .map_err(|error| Failure::new(CONFIG, error))?;
        let loaded =
            load(directory, &passphrase, now).map_err(|error| Failure::new(CONFIG, error))?;
        let identity = Identity::new(loaded.key, loaded.certificate, loaded.chain)
            .map_err(|error| Failure::new(CONFIG, error))?;
        let published = {
            let _spinner = Spinner::start("Reading the journal".to_owned());
            crl.write(&identity, self.validity.duration(), now)
                .map_err(refusal)?
        };
        self.print(Some(&published))
    }
}

impl GenCrl {
    fn print(&self, published: Option<&PublishedCrl>) -> Result<(), Failure> {
        let mut output = io::stdout();
        let printed = match (published, self.json) {
            (Some(published), true) => {
                let files: Vec<_> = published.written.iter().collect();
                let json = json!({
                    "published": true,
                    "number": published.number,
                    "entries": published.entries,
                    "this_update": seconds(published.this_update),
                    "next_update": seconds(published.next_update),
                    "files": files,
                });
                writeln!(output, "{json}")
            }
            (None, true) => writeln!(output, "{}", json!({ "published": false })),
            (Some(published), false) => published
                .written
                .iter()
                .try_for_each(|path| writeln!(output, "{}", path.display()))
                .and_then(|()| {
                    let PublishedCrl {
                        number, entries, ..
                    } = published;
                    writeln!(output, "Number {number}, {entries} revoked")
                }),
            (None, false) => writeln!(output, "Not due"),
        };
        printed.map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn seconds(moment: SystemTime) -> u64 {
    moment
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}

fn refusal(error: CrlError) -> Failure {
    match error {
        CrlError::Journal(error) => failure(error),
        CrlError::Io(_) => Failure::new(CANNOT_CREATE, error),
        CrlError::Number(_) => Failure::new(DATA, error),
        CrlError::OpenSsl(_) => Failure::new(SOFTWARE, error),
        _ => Failure::new(CONFIG, error),
    }
}

const EXAMPLE: &str = "\
Example:
  ca_gen_crl --publish /var/lib/sapi-crl --validity 7d
  ca_gen_crl --due --passphrase-file /etc/sapi/ca-passphrase

Exit codes: 0 published or not due, 64 wrong usage, 65 the journal or the number is damaged, 71 the journal
cannot be read, 73 a file cannot be written, 78 the journal is missing, the passphrase cannot be used, or the
CA cannot sign lists.";
