//! Tests with a real server. Each test starts it in its own folder, only on a unix socket.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sapi::CertRequest;
use sapi::testing::{Harness, RequestBuilder, conformance};
use tempfile::TempDir;

use super::*;

struct Server {
    folder: TempDir,
    child: Child,
}

const TABLES: &str =
    "CREATE TABLE members (client text PRIMARY KEY, names text[] NOT NULL, days integer NOT NULL);
    CREATE TABLE certificates (serial text PRIMARY KEY, client text NOT NULL REFERENCES members,
        not_after timestamptz NOT NULL, pem text NOT NULL);
    INSERT INTO members VALUES ('web01', '{DNS:www.example.com}', 30)";

impl Server {
    fn prepare() -> TempDir {
        let folder = TempDir::with_prefix("sapi-pg-").unwrap();
        if let Some((user, group)) = postgres_user() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let made = program("initdb")
            .args(["--auth=trust", "--username=sapi", "--no-sync", "--pgdata"])
            .arg(folder.path().join("data"))
            .current_dir("/")
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        folder
    }

    async fn start() -> Self {
        Self::start_in(Self::prepare(), Some(TABLES)).await
    }

    async fn start_in(folder: TempDir, tables: Option<&str>) -> Self {
        let child = program("postgres")
            .arg("-D")
            .arg(folder.path().join("data"))
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { folder, child };
        let begun = Instant::now();
        let client = loop {
            match tokio_postgres::connect(&server.database(), NoTls).await {
                Ok((client, driver)) => {
                    tokio::spawn(driver);
                    break client;
                }
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(60), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        if let Some(tables) = tables {
            client.batch_execute(tables).await.unwrap();
        }
        server
    }

    fn database(&self) -> String {
        format!(
            "host={} user=sapi dbname=postgres",
            self.folder.path().display()
        )
    }

    fn hooks(&self) -> PostgresRegistry {
        PostgresRegistry::new(Settings {
            database: self.database(),
        })
    }

    async fn query(&self, question: &str) -> Vec<tokio_postgres::Row> {
        let (client, driver) = tokio_postgres::connect(&self.database(), NoTls)
            .await
            .unwrap();
        tokio::spawn(driver);
        client.query(question, &[]).await.unwrap()
    }

    /// Stops the server as a power cut would.
    fn stop(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        let _ = fs::remove_file(folder.path().join("data/postmaster.pid"));
        folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Debian keeps the programs outside PATH. PostgreSQL refuses to run as root, so root's tests use its user.
fn program(name: &str) -> Command {
    let missing = "PostgreSQL is not installed: apt-get install postgresql";
    let versions = fs::read_dir("/usr/lib/postgresql").expect(missing);
    let mut found: Vec<PathBuf> = versions
        .map(|entry| entry.unwrap().path().join("bin").join(name))
        .collect();
    found.sort();
    let mut command = Command::new(found.last().expect(missing));
    if let Some((user, group)) = postgres_user() {
        command.uid(user).gid(group);
    }
    command
}

fn postgres_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> u32 {
        let output = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap()
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

fn request() -> CertRequest {
    RequestBuilder::new()
        .common_name("web01")
        .dns("www.example.com")
        .build()
}

#[tokio::test]
async fn members_are_asked_for_and_certificates_entered() {
    let server = Server::start().await;
    let harness = Harness::new(server.hooks());
    harness.boot().await.unwrap();
    let seen = harness.observe("web01", &request()).await;
    seen.assert_names(["DNS:www.example.com"]);
    let rows = server
        .query("SELECT serial, client, pem FROM certificates")
        .await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0].get::<_, String>(0),
        seen.assert_issued().serial().to_string()
    );
    assert_eq!(rows[0].get::<_, String>(1), "web01");
    assert_eq!(rows[0].get::<_, String>(2), seen.assert_issued().pem());

    harness
        .observe("web02", &request())
        .await
        .assert_denied("unknown client");
    let more = RequestBuilder::new().dns("other.example.com").build();
    harness
        .observe("web01", &more)
        .await
        .assert_denied("DNS:other.example.com");
    // A rehearsal records nothing.
    let rehearsal = Harness::new(server.hooks()).rehearsing();
    rehearsal.observe("web01", &request()).await.assert_issued();
    assert_eq!(
        server.query("SELECT serial FROM certificates").await.len(),
        1
    );
}

#[tokio::test]
async fn without_the_database_nothing_is_signed_and_it_comes_back_by_itself() {
    let server = Server::start().await;
    let harness = Harness::new(server.hooks());
    harness.observe("web01", &request()).await.assert_issued();
    let folder = server.stop();
    harness
        .observe("web01", &request())
        .await
        .assert_rejected("internal-error");
    assert!(harness.boot().await.is_err());
    let _server = Server::start_in(folder, None).await;
    // The socket is the same, so the next request finds the new server.
    harness.observe("web01", &request()).await.assert_issued();
}

#[tokio::test]
async fn what_cannot_be_entered_is_withheld() {
    let server = Server::start().await;
    server.query("DROP TABLE certificates").await;
    let harness = Harness::new(server.hooks());
    assert!(harness.boot().await.is_err(), "boot looks for its tables");
    harness
        .observe("web01", &request())
        .await
        .assert_rejected("withheld");
}

#[tokio::test]
async fn it_conforms() {
    let server = Server::start().await;
    let suite = conformance(server.hooks())
        .client("web01")
        .name("DNS:www.example.com");
    suite.requests(60).run().await;
}
