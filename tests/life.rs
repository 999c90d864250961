//! The life of a CA: certification from outside, change of passphrase, backup, rollover, and revocation.

mod backup;
mod bundle;
mod crl_judges;
mod guide;
mod intermediate;
mod moment;
mod openssl_ca;
mod passphrase;
mod place;
mod published;
mod revocation;
mod revocation_list;
mod rollover;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sapi::testing::RequestBuilder;
use sapi_tests::tool::{binary, detached, openssl, run};
use tempfile::TempDir;

/// One of the tools on a directory, with the passphrase `hush`.
fn tool(name: &str, directory: &Path) -> Command {
    let mut command = detached(&binary(name));
    command
        .arg("--ca-path")
        .arg(directory)
        .env("CA_PASSPHRASE", "hush");
    command
}

/// A directory with a CA.
fn ca() -> TempDir {
    let directory = TempDir::with_prefix("sapi-life-").unwrap();
    run(tool("ca_create_identity", directory.path()).args(["-f", "CN", "ca.net"])).expect(0);
    directory
}

/// A leaf of the CA in a directory, through the service's own road.
fn leaf(directory: &Path) -> String {
    run(&mut sign(directory)).expect(0).stdout
}

fn sign(directory: &Path) -> Command {
    let request = directory.join("web01.csr");
    let built = RequestBuilder::new().common_name("web01");
    fs::write(&request, built.dns("web01.example.com").build().pem()).unwrap();
    let mut command = detached(&binary("test-shell"));
    command
        .args(["sign", "--client", "web01", "--ca-path"])
        .arg(directory)
        .arg(request)
        .env("CA_PASSPHRASE", "hush");
    command
}

/// Writes a file below a directory.
fn write(directory: &Path, name: &str, content: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, content).unwrap();
    path
}

/// The text of a file.
fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// The outside root: `openssl ca`'s simpler sister, with the extensions that a sub-CA needs.
struct Root(TempDir);

impl Root {
    fn new() -> Self {
        Self::with_path_length("")
    }

    fn with_path_length(path_length: &str) -> Self {
        let folder = TempDir::with_prefix("sapi-root-").unwrap();
        let extensions = format!("basicConstraints=critical,CA:TRUE{path_length}");
        let mut arguments = vec!["req", "-x509", "-newkey", "ec", "-nodes", "-days", "90"];
        arguments.extend(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=root"]);
        arguments.extend(["-keyout", "root.key", "-out", "root.pem", "-config", "cnf"]);
        arguments.extend(["-addext", &extensions]);
        arguments.extend(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
        arguments.extend(["-addext", "subjectKeyIdentifier=hash"]);
        write(
            folder.path(),
            "cnf",
            "[req]\ndistinguished_name = dn\n[dn]\n",
        );
        openssl(folder.path(), &arguments);
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn pem(&self) -> String {
        fs::read_to_string(self.path().join("root.pem")).unwrap()
    }

    /// Signs the request in a directory; the certificate is `signed.pem` in the root's folder.
    fn certify(&self, directory: &Path, extensions: &str, arguments: &[&str]) -> PathBuf {
        let request = directory.join("ca.csr.pem");
        write(self.path(), "ext", extensions);
        let mut line = vec!["x509", "-req", "-in", request.to_str().unwrap()];
        line.extend(["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"]);
        line.extend(["-extfile", "ext", "-out", "signed.pem"]);
        line.extend(arguments);
        openssl(self.path(), &line);
        self.path().join("signed.pem")
    }
}

const SUB_CA: &str = "basicConstraints = critical,CA:TRUE,pathlen:0\n\
    keyUsage = critical,keyCertSign,cRLSign\n\
    subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n";
