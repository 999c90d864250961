//! Members that an HTTP service knows. A missing, late or strange answer refuses the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sapi::policy::{Names, Subject};
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
    names: Names,
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
        member.names.check(cx.csr().names())?;
        Subject::none().common_name_is_own().check(cx)?;
        let terms = Terms::valid_for(member.validity).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

fn ask(agent: &Agent, url: &str) -> Result<Option<Member>, BoxError> {
    #[derive(Deserialize)]
    struct Answer {
        names: Vec<AltName>,
        validity: Validity,
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
    let names = answer.names.into_iter();
    Ok(Some(Member {
        names: names.fold(Names::none(), Names::exactly),
        validity: answer.validity,
    }))
}

const MOST_REMEMBERED: usize = 10_000;

#[cfg(test)]
mod tests;
