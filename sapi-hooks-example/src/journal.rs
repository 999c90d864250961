//! A record of every certificate: one line of JSON, on the disk before the client has the certificate.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sapi::{BoxError, IssuedCertificate, SigningContext, SigningHooks, async_trait};
use serde::{Deserialize, Serialize};

/// The table `[hooks.journal]` of the settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where the lines go; made if it is not there.
    file: PathBuf,
}

/// Writes down what was signed. A certificate that cannot be written down is withheld.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// None in a rehearsal.
    file: Option<Arc<Mutex<File>>>,
}

impl Journal {
    /// Opens the file for appending, so that a start without a journal fails.
    pub(crate) fn open(settings: &Settings) -> Result<Self, BoxError> {
        let path = settings.file.clone();
        let file = open(&path).map_err(|error| named(&path, &error))?;
        Ok(Self {
            path,
            file: Some(Arc::new(Mutex::new(file))),
        })
    }

    /// A journal that nothing will be written into, so that nothing is opened.
    pub(crate) fn closed(settings: &Settings) -> Self {
        Self {
            path: settings.file.clone(),
            file: None,
        }
    }
}

#[async_trait]
impl SigningHooks for Journal {
    fn name(&self) -> &str {
        "journal"
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let mut line = serde_json::to_vec(&Entry::of(cx, cert))?;
        line.push(b'\n');
        let file = self.file.clone().ok_or("the journal is closed")?;
        // The disk may take its time; the thread that serves the requests must not wait for it.
        let written = tokio::task::spawn_blocking(move || {
            append(
                &mut file.lock().unwrap_or_else(PoisonError::into_inner),
                &line,
            )
        });
        written.await?.map_err(|error| named(&self.path, &error))
    }
}

/// One line.
#[derive(Serialize)]
struct Entry<'a> {
    time: String,
    client: &'a str,
    serial: String,
    subject: String,
    names: Vec<String>,
    not_after: String,
    fingerprint: String,
    request_id: &'a str,
}

impl<'a> Entry<'a> {
    fn of(cx: &'a SigningContext, cert: &IssuedCertificate) -> Self {
        Self {
            time: humantime::format_rfc3339_seconds(cx.received_at()).to_string(),
            client: cx.client().as_str(),
            serial: cert.serial().to_string(),
            subject: cert.subject().to_string(),
            names: cert.names().iter().map(ToString::to_string).collect(),
            not_after: humantime::format_rfc3339_seconds(cert.not_after()).to_string(),
            fingerprint: cert.fingerprint(),
            request_id: cx.request_id(),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    // A new file's name lasts only once its folder is on the disk too.
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

/// One write and one fsync; of a line that did not get through, nothing stays.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    let written = file.write_all(line).and_then(|()| file.sync_data());
    if written.is_err() {
        // The error that matters is the first one.
        let _ = file.set_len(length);
    }
    written
}

fn named(path: &Path, error: &io::Error) -> BoxError {
    format!("{}: {error}", path.display()).into()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use sapi::testing::{Harness, RequestBuilder};
    use sapi::{Chain, Rejection, Terms, Validity, Verdict};
    use serde_json::Value;

    use super::*;

    /// Stands for any policy: the journal itself grants nothing.
    struct GrantAll;

    #[async_trait]
    impl SigningHooks for GrantAll {
        async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
            let terms = Terms::valid_for(Validity::days(1));
            Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
        }
    }

    fn harness(file: PathBuf) -> Harness {
        let journal = Journal::open(&Settings { file }).unwrap();
        Harness::new(Chain::new().then(GrantAll).then(journal))
    }

    fn lines(file: &Path) -> Vec<Value> {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_line_for_each_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let request = RequestBuilder::new()
            .common_name("web\"01")
            .dns("a.example")
            .build();
        let certificate = harness(file.clone())
            .at(now)
            .issue("web01", &request)
            .await
            .unwrap();
        let [line] = &lines(&file)[..] else {
            panic!("not one line")
        };
        assert_eq!(line["time"], "2023-11-14T22:13:20Z");
        assert_eq!(line["client"], "web01");
        assert_eq!(line["serial"], certificate.serial().to_string());
        assert_eq!(line["subject"], "CN=web\\\"01");
        assert_eq!(line["names"], serde_json::json!(["DNS:a.example"]));
        assert_eq!(line["not_after"], "2023-11-15T22:13:20Z");
        assert_eq!(line["fingerprint"], certificate.fingerprint());
        assert_eq!(line["request_id"].as_str().map(str::is_empty), Some(false));
        // A restart appends.
        harness(file.clone())
            .issue("web02", &request)
            .await
            .unwrap();
        assert_eq!(lines(&file).len(), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn lines_of_concurrent_requests_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal");
        let harness = Arc::new(harness(file.clone()));
        let tasks: Vec<_> = (0..64)
            .map(|number| {
                let harness = Arc::clone(&harness);
                tokio::spawn(async move {
                    let mut request = RequestBuilder::new().common_name("web01");
                    for name in 0..20 {
                        request = request.dns(&format!("host-{number}-{name}.example"));
                    }
                    harness
                        .issue(&format!("web{number}"), &request.build())
                        .await
                        .unwrap()
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let mut clients: Vec<_> = lines(&file)
            .iter()
            .map(|line| line["client"].to_string())
            .collect();
        clients.sort();
        clients.dedup();
        assert_eq!(clients.len(), 64);
    }

    #[tokio::test]
    async fn what_cannot_be_written_down_is_withheld() {
        // Linux's file that is always full.
        let harness = harness(PathBuf::from("/dev/full"));
        let request = RequestBuilder::new().common_name("web01").build();
        let rejection = harness.issue("web01", &request).await.unwrap_err();
        let Rejection::Withheld { source, .. } = rejection else {
            panic!("{rejection:?}");
        };
        assert!(
            source.to_string().starts_with("/dev/full: No space left"),
            "{source}"
        );
    }

    #[test]
    fn of_a_line_that_fails_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        fs::write(&path, "{}\n").unwrap();
        let mut readable = File::open(&path).unwrap();
        assert!(append(&mut readable, b"{}\n").is_err());
        assert_eq!(lines(&path).len(), 1);
    }

    #[test]
    fn a_journal_that_cannot_be_opened_stops_the_start() {
        let file = PathBuf::from("/nowhere/journal");
        let error = Journal::open(&Settings { file }).unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/journal: "),
            "{error}"
        );
    }
}
