//! One measurement of each kind. Everything that makes load runs in a process of its own.

use std::io::{Write, stdin, stdout};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use openssl::pkey::PKey;
use openssl::x509::X509;
use sapi::Identity;
use sapi::testing::Authority;
use sapi_benches::load::{Plan, Report};
use sapi_benches::material::{Kind, authority, requests, write_identity};
use sapi_benches::process::{Sample, cpu};
use sapi_benches::server::{Server, Setup, write_settings};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The road in a process of its own.
#[derive(Serialize, Deserialize)]
pub(crate) struct Road {
    key: Vec<u8>,
    certificate: Vec<u8>,
    pub(crate) bodies: Vec<String>,
    pub(crate) window: Duration,
}

impl Road {
    pub(crate) fn measure(authority: &Authority, bodies: &[String], window: Duration) -> Sample {
        let key = authority.key().private_key().private_key_to_der().unwrap();
        let certificate = authority.certificate().to_der().unwrap();
        let bodies = bodies.to_vec();
        ask(
            "road",
            &Self {
                key,
                certificate,
                bodies,
                window,
            },
        )
    }

    pub(crate) fn identity(&self) -> Identity {
        let key = PKey::private_key_from_der(&self.key).unwrap();
        let certificate = X509::from_der(&self.certificate).unwrap();
        Identity::new(key, certificate, Vec::new()).unwrap()
    }
}

/// A place for a shell that somebody else starts, and the requests for it.
#[derive(Deserialize)]
pub(crate) struct Preparation {
    ca: String,
    client: String,
    count: u64,
    folder: PathBuf,
}

impl Preparation {
    /// Keeps an existing CA.
    pub(crate) fn make(&self) -> Plan {
        if !self.folder.join("ca.cert.pem").exists() {
            write_identity(&authority(Kind::named(&self.ca)), &self.folder);
        }
        let listen = write_settings(&self.folder, Setup::default());
        let bodies: Vec<_> = requests(Kind::named(&self.client), 1)
            .iter()
            .map(|csr| csr.pem().to_owned())
            .collect();
        Plan {
            most: Some(self.count),
            ..closed(&put(&bodies), &listen, 1, Duration::from_secs(3600))
        }
    }
}

/// Requests of HTTP for the public endpoint.
pub(crate) fn put(bodies: &[String]) -> Vec<Vec<u8>> {
    let head = "PUT /api/csr/web01 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-pem-file\r\n";
    bodies
        .iter()
        .map(|body| format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes())
        .collect()
}

/// Requests of HTTP for `cfssl serve`.
pub(crate) fn post(bodies: &[String]) -> Vec<Vec<u8>> {
    let head =
        "POST /api/v1/cfssl/sign HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    bodies
        .iter()
        .map(|body| serde_json::json!({ "certificate_request": body }).to_string())
        .map(|json| format!("{head}Content-Length: {}\r\n\r\n{json}", json.len()).into_bytes())
        .collect()
}

/// A closed loop of so many connections.
pub(crate) fn closed(requests: &[Vec<u8>], to: &str, connections: usize, window: Duration) -> Plan {
    Plan {
        to: to.to_owned(),
        requests: requests.to_vec(),
        connections,
        window,
        rate: None,
        most: None,
        status: 200,
    }
}

/// What a server spends, and what the generator saw.
pub(crate) fn load(server: &Server, plan: &Plan) -> (Sample, Report) {
    let before = cpu(server.id());
    let report: Report = ask("load", plan);
    let spent = cpu(server.id()) - before;
    let sample = Sample::new(
        report.answers,
        spent,
        Duration::from_secs_f64(report.seconds),
    );
    (sample, report)
}

/// Asks another process of this program.
pub(crate) fn ask<T: DeserializeOwned>(child: &str, question: &impl Serialize) -> T {
    begin(child, question).finish()
}

/// The same, without waiting for the answer.
pub(crate) fn begin(child: &str, question: &impl Serialize) -> Asked {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--child", child])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = serde_json::to_vec(question).unwrap();
    process.stdin.take().unwrap().write_all(&text).unwrap();
    Asked(process)
}

pub(crate) struct Asked(std::process::Child);

impl Asked {
    pub(crate) fn finish<T: DeserializeOwned>(self) -> T {
        let output = self.0.wait_with_output().unwrap();
        assert!(output.status.success(), "a process of the bench has failed");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Answers the question of another process.
pub(crate) fn child<Q: DeserializeOwned, A: Serialize>(answer: impl FnOnce(Q) -> A) {
    let question = serde_json::from_reader(stdin().lock()).unwrap();
    serde_json::to_writer(stdout().lock(), &answer(question)).unwrap();
}
