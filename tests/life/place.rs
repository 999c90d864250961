//! A CA, its journal, and the folder where its list is published.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use openssl::x509::X509;
use sapi::testing::RequestBuilder;
use sapi::{
    Chain, ClientId, Identity, Peer, Pipeline, Rejection, SigningContext, SigningHooks, Terms,
    Validity, Verdict, async_trait,
};
use sapi_stock::Journal;
use sapi_tests::program::program;
use sapi_tests::tool::{Outcome, run};
use tempfile::TempDir;

use super::{ca, tool, write};

/// A CA, its journal, and the folder where its list is published.
pub(super) struct Place {
    pub(super) ca: TempDir,
    folder: TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self::of(ca())
    }

    pub(super) fn of(ca: TempDir) -> Self {
        let folder = TempDir::with_prefix("sapi-crl-").unwrap();
        Journal::open(&folder.path().join("journal")).unwrap();
        let place = Self { ca, folder };
        fs::create_dir(place.public()).unwrap();
        // Readers are other users, whatever the umask of the tests.
        fs::set_permissions(place.public(), fs::Permissions::from_mode(0o755)).unwrap();
        place
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub(super) fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    pub(super) fn ca_pem(&self) -> PathBuf {
        self.ca.path().join("ca.cert.pem")
    }

    pub(super) fn list(&self) -> PathBuf {
        self.public().join("ca.crl")
    }

    /// A certificate that the journal has, in a file of its own.
    pub(super) fn leaf(&self, client: &str) -> PathBuf {
        let passphrase = sapi::identity::Passphrase::new(b"hush".to_vec()).unwrap();
        let now = std::time::SystemTime::now();
        let loaded = sapi::identity::load(self.ca.path(), &passphrase, now).unwrap();
        let identity = Identity::new(loaded.key, loaded.certificate, loaded.chain).unwrap();
        let hooks = Chain::new()
            .then(Everybody)
            .then(Journal::open(&self.journal()).unwrap());
        let request = RequestBuilder::new().common_name(client);
        let request = request.dns("web01.example.com").build();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let issued = runtime.block_on(async {
            let pipeline = Pipeline::new(identity, hooks).unwrap();
            let client: ClientId = client.parse().unwrap();
            pipeline.issue(client, request, Peer::local()).await
        });
        let issued = issued.unwrap();
        let name = format!("{client}-{}.pem", issued.serial());
        write(self.folder.path(), &name, issued.pem())
    }

    pub(super) fn revoke(&self, arguments: &[&str]) -> Outcome {
        let mut command = sapi_tests::tool::detached(&sapi_tests::tool::binary("ca_revoke"));
        command.arg("--folder").arg(self.journal());
        run(command.args(arguments))
    }

    pub(super) fn command(&self) -> Command {
        let mut command = tool("ca_gen_crl", self.ca.path());
        command.arg("--folder").arg(self.journal());
        command.arg("--publish").arg(self.public());
        command
    }

    /// `ca_gen_crl` with the arguments of a unit, whose folders are these.
    pub(super) fn renew(&self, words: &[&str]) -> Command {
        let mut command = tool("ca_gen_crl", self.ca.path());
        command.arg("--folder").arg(self.journal());
        for word in words {
            match *word {
                "/var/lib/sapi-crl" => command.arg(self.public()),
                word => command.arg(word),
            };
        }
        command
    }

    pub(super) fn publish(&self, arguments: &[&str]) -> Outcome {
        run(self.command().args(arguments))
    }

    pub(super) fn publish_at(&self, offset: &str, arguments: &[&str]) -> Outcome {
        let command = self.command();
        let mut faketime = program("faketime");
        faketime.args(["-f", offset]).arg(command.get_program());
        faketime.args(command.get_args()).args(arguments);
        run(faketime.env("CA_PASSPHRASE", "hush"))
    }
}

/// The serial number of a certificate, in hexadecimal.
pub(super) fn serial(leaf: &Path) -> String {
    let certificate = X509::from_pem(&fs::read(leaf).unwrap()).unwrap();
    let number = certificate.serial_number().to_bn().unwrap();
    number.to_hex_str().unwrap().to_string()
}

struct Everybody;

#[async_trait]
impl SigningHooks for Everybody {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}
