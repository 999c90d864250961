//! Members that an HTTP service knows. A missing, late or strange answer refuses the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sapi::{
    AltName, BoxError, Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict,
    async_trait,
};
use serde::Deserialize;
use ureq::Agent;

/// The table `[hooks.members]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The URL before the client's identifier: `http://127.0.0.1:8090/members/`.
    pub url: String,
    /// How long a whole answer may take, in milliseconds; less than `hooks.timeout`.
    pub timeout_ms: u64,
    /// How many seconds a yes is remembered. A no is not, so that a new member need not wait.
    pub remember_s: u64,
}

/// Grants what the service says: `200 {"names": ["DNS:www.example.com"], "validity": "30d"}`, or 404.
#[derive(Debug)]
pub struct HttpMembers {
    agent: Agent,
    settings: Settings,
    remembered: Mutex<HashMap<String, (SystemTime, Arc<Member>)>>,
}

#[derive(Debug)]
struct Member {
    names: Vec<AltName>,
    validity: Validity,
}

impl HttpMembers {
    /// Makes the hook. It asks nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_millis(settings.timeout_ms)))
            // A redirection could lead anywhere.
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            settings,
            remembered: Mutex::default(),
        }
    }

    /// The member, from memory or from the service; `None` if the service does not know the client.
    async fn member(&self, cx: &SigningContext) -> Result<Option<Arc<Member>>, BoxError> {
        let (client, now) = (cx.client().to_string(), cx.received_at());
        if let Some(member) = self.remembered(&client, now) {
            return Ok(Some(member));
        }
        // The identifier is letters and digits, so it cannot lead to another path.
        let url = format!("{}{client}", self.settings.url);
        let agent = self.agent.clone();
        // The call blocks its thread, and this thread serves requests.
        let answer = tokio::task::spawn_blocking(move || ask(&agent, &url)).await??;
        let Some(member) = answer.map(Arc::new) else {
            return Ok(None);
        };
        self.remember(client, now, &member);
        Ok(Some(member))
    }

    fn remembered(&self, client: &str, now: SystemTime) -> Option<Arc<Member>> {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (since, member) = remembered.get(client)?;
        // If the clock was set back, nothing is remembered.
        let age = now.duration_since(*since).ok()?;
        (age < Duration::from_secs(self.settings.remember_s)).then(|| Arc::clone(member))
    }

    fn remember(&self, client: String, now: SystemTime, member: &Arc<Member>) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(client, (now, Arc::clone(member)));
    }
}

#[async_trait]
impl SigningHooks for HttpMembers {
    fn name(&self) -> &'static str {
        "http-members"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        // An error here is a 500 and no certificate: `?` never grants.
        let Some(member) = self.member(cx).await? else {
            return Err(Rejection::denied("unknown client"));
        };
        let own = |name: &&AltName| !member.names.contains(name);
        if let Some(name) = cx.csr().names().iter().find(own) {
            return Err(Rejection::denied(format!(
                "{name} is not among this client's names"
            )));
        }
        if cx
            .csr()
            .subject()
            .common_name()
            .is_some_and(|cn| cx.client() != cn)
        {
            return Err(Rejection::denied(
                "the common name is not the client's identifier",
            ));
        }
        let terms = Terms::valid_for(member.validity).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

fn ask(agent: &Agent, url: &str) -> Result<Option<Member>, BoxError> {
    #[derive(Deserialize)]
    struct Answer {
        names: Vec<String>,
        validity: String,
    }
    let mut answer = agent.get(url).call()?;
    match answer.status().as_u16() {
        200 => {}
        404 => return Ok(None),
        other => return Err(format!("the membership service answered {other}").into()),
    }
    let body = answer
        .body_mut()
        .with_config()
        .limit(65_536)
        .read_to_string()?;
    let answer: Answer = serde_json::from_str(&body)?;
    let names: Result<Vec<AltName>, _> = answer.names.iter().map(|name| name.parse()).collect();
    Ok(Some(Member {
        names: names?,
        validity: answer.validity.parse()?,
    }))
}

const MOST_REMEMBERED: usize = 10_000;

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use sapi::CertRequest;
    use sapi::testing::{Clock, Harness, RequestBuilder, conformance};

    use super::*;

    /// A real service on loopback, and how often it was asked.
    fn service() -> (Settings, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counter = Arc::clone(&counter);
                thread::spawn(move || answer(stream, &counter));
            }
        });
        let settings = Settings {
            url: format!("http://{address}/members/"),
            timeout_ms: 2000,
            remember_s: 60,
        };
        (settings, asked)
    }

    fn answer(mut stream: std::net::TcpStream, counter: &AtomicUsize) {
        let mut head = Vec::new();
        let mut octet = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut octet).unwrap_or(0) == 0 {
                return;
            }
            head.push(octet[0]);
        }
        counter.fetch_add(1, Ordering::SeqCst);
        let head = String::from_utf8(head).unwrap();
        let (status, body) = match head.split(['/', ' ']).nth(3).unwrap() {
            "web01" => (
                "200 OK",
                r#"{"names":["DNS:www.example.com"],"validity":"30d"}"#,
            ),
            "broken" => ("200 OK", "{\"names\":"),
            "down" => ("503 Service Unavailable", ""),
            "moved" => ("302 Found\r\nLocation: /members/web01", ""),
            // Never answers: the time limit has to end it.
            "slow" => loop {
                if stream.read(&mut octet).unwrap_or(0) == 0 {
                    return;
                }
            },
            _ => ("404 Not Found", ""),
        };
        let length = body.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
    }

    fn request() -> CertRequest {
        RequestBuilder::new().dns("www.example.com").build()
    }

    #[tokio::test]
    async fn members_get_their_names_and_others_nothing() {
        let (settings, _) = service();
        let harness = Harness::new(HttpMembers::new(settings));
        let seen = harness.observe("web01", &request()).await;
        seen.assert_names(["DNS:www.example.com"]);
        assert_eq!(seen.terms().unwrap().validity(), Validity::days(30));
        harness
            .observe("web02", &request())
            .await
            .assert_denied("unknown client");
        let more = RequestBuilder::new().dns("other.example.com").build();
        harness
            .observe("web01", &more)
            .await
            .assert_denied("DNS:other.example.com is not among");
        let called = RequestBuilder::new().common_name("other").build();
        harness
            .observe("web01", &called)
            .await
            .assert_denied("common name");
    }

    #[tokio::test]
    async fn a_yes_is_remembered_for_its_time_and_a_no_is_not() {
        let (settings, asked) = service();
        let clock = Clock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let harness = Harness::new(HttpMembers::new(settings)).clock(&clock);
        let times = || asked.load(Ordering::SeqCst);
        for _ in 0..3 {
            harness.observe("web01", &request()).await.assert_issued();
        }
        assert_eq!(times(), 1);
        clock.advance(Duration::from_secs(60));
        harness.observe("web01", &request()).await.assert_issued();
        assert_eq!(times(), 2);
        for _ in 0..2 {
            harness
                .observe("web02", &request())
                .await
                .assert_denied("unknown");
        }
        assert_eq!(times(), 4);
    }

    #[tokio::test]
    async fn no_answer_a_late_one_and_a_strange_one_refuse() {
        let (mut settings, _) = service();
        settings.timeout_ms = 300;
        let harness = Harness::new(HttpMembers::new(settings.clone()));
        for client in ["slow", "broken", "down", "moved"] {
            harness
                .observe(client, &request())
                .await
                .assert_rejected("internal-error");
        }
        // A port that nobody listens on any more.
        let gone = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        settings.url = format!("http://{gone}/");
        let harness = Harness::new(HttpMembers::new(settings));
        harness
            .observe("web01", &request())
            .await
            .assert_rejected("internal-error");
    }

    #[tokio::test]
    async fn it_conforms() {
        let (mut settings, _) = service();
        settings.timeout_ms = 60_000;
        let hooks = HttpMembers::new(settings);
        let suite = conformance(hooks)
            .client("web01")
            .name("DNS:www.example.com");
        suite.requests(60).run().await;
    }
}
