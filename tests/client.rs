//! `sapi-client` against the built shell: behind real nginx over TLS, on loopback, on a unix socket.

mod crash;
mod enrol;
mod files;
mod follow;
mod library;
mod renewal;
mod settings;
mod shipped;
mod stay;
mod stock;
mod trust;
mod waiting;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use sapi_tests::nginx::{Nginx, Site, worker_user};
use sapi_tests::program::program;
use sapi_tests::shell::{Place, Shell};
use sapi_tests::tool::{binary, openssl, run};

/// A CA that serves behind nginx, and a folder for one client's files.
struct Scene {
    // Dropped in this order.
    nginx: Nginx,
    shell: Option<Shell>,
    place: Place,
}

impl Scene {
    fn new() -> Self {
        let place = Place::new(&behind_nginx());
        open(&place);
        Self {
            nginx: Site::new(&place.socket(), &place.file("ca.cert.pem")).start(),
            shell: Some(place.start()),
            place,
        }
    }

    /// `sapi-client` for a client, its files in the folder of the same name.
    fn client(&self, client: &str) -> Command {
        let mut command = self.stranger(client);
        command.arg("--ca-file").arg(self.place.file("ca.cert.pem"));
        command
    }

    /// The same, but it does not know the CA.
    fn stranger(&self, client: &str) -> Command {
        let mut command = self.lost(client);
        command.args(["--url", &self.nginx.url("")]);
        command
    }

    /// The same, but it does not know where to ask.
    fn lost(&self, client: &str) -> Command {
        let mut command = bare();
        command.args(["--client", client]);
        command.arg("--tls-ca-file").arg(self.nginx.authority());
        command.arg("--dir").arg(self.dir(client));
        command
    }

    fn dir(&self, client: &str) -> PathBuf {
        self.place.file("clients").join(client)
    }

    fn read(&self, client: &str, file: &str) -> String {
        let path = self.dir(client).join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Asserts with the `openssl` command that key and certificate match and that the CA issued the certificate.
    #[track_caller]
    fn verifies(&self, client: &str) {
        let dir = self.dir(client);
        let ca = self.place.file("ca.cert.pem").display().to_string();
        openssl(
            &dir,
            &["verify", "-x509_strict", "-CAfile", &ca, "cert.pem"],
        );
        let of_key = openssl(&dir, &["pkey", "-in", "key.pem", "-pubout"]);
        let of_certificate = openssl(&dir, &["x509", "-in", "cert.pem", "-noout", "-pubkey"]);
        assert_eq!(of_key, of_certificate);
        let (cert, chain) = (
            self.read(client, "cert.pem"),
            self.read(client, "chain.pem"),
        );
        assert_eq!(self.read(client, "fullchain.pem"), cert + &chain);
    }

    /// Asserts that no file exists that a program could read.
    #[track_caller]
    fn has_nothing(&self, client: &str) {
        for name in [
            "key.pem",
            "cert.pem",
            "chain.pem",
            "fullchain.pem",
            "combined.pem",
        ] {
            assert!(!self.dir(client).join(name).exists(), "{name}");
        }
    }

    fn shell(&self) -> &Shell {
        self.shell.as_ref().unwrap()
    }

    /// The number of the shell's decisions about a client.
    fn asked(&self, client: &str) -> usize {
        let audit = self.shell().audit();
        audit.iter().filter(|line| line["client"] == client).count()
    }
}

/// `sapi-client` without settings.
fn bare() -> Command {
    let mut command = Command::new(binary("sapi-client"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SAPI_")) {
        command.env_remove(name);
    }
    command
}

/// nginx's workers run as another user and must be able to enter.
fn open(place: &Place) {
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

fn behind_nginx() -> String {
    let Some(user) = worker_user() else {
        let uid = rustix::process::geteuid().as_raw();
        return format!("proxy.trusted_uids = [{uid}]");
    };
    let id = |flag: &str| run(program("id").args([flag, user])).expect(0).stdout;
    let (uid, group) = (id("-u"), id("-gn"));
    format!(
        "proxy.trusted_uids = [{}]\nsocket.group = {:?}",
        uid.trim(),
        group.trim()
    )
}
