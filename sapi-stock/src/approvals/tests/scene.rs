//! A folder of requests, and a CA that asks it.

use std::fs;
use std::time::{Duration, SystemTime};

use sapi::testing::{Harness, RequestBuilder};
use sapi::{CertRequest, IssuedCertificate, Rejection};

use super::super::{Approval, Approvals, Decision, Refusal, Settings, State, Store};

pub(super) struct Scene {
    pub(super) folder: tempfile::TempDir,
    pub(super) harness: Harness,
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::new(Approvals::open(&settings(&folder)).unwrap()).at(noon());
        Self { folder, harness }
    }

    pub(super) fn later(self, by: Duration) -> Self {
        let harness = self.harness.at(noon() + by);
        Self { harness, ..self }
    }

    pub(super) async fn ask(
        &self,
        client: &str,
        request: &CertRequest,
    ) -> Result<IssuedCertificate, Rejection> {
        self.harness.issue(client, request).await
    }

    pub(super) fn store(&self) -> Store {
        Store::existing(&self.folder.path().join("approvals")).unwrap()
    }

    pub(super) fn decide(&self, client: &str, request: &CertRequest, decision: Decision) {
        let seen = self
            .store()
            .find(client, &request.sha256())
            .unwrap()
            .unwrap();
        self.store().decide(&seen, decision).unwrap();
    }

    pub(super) fn files(&self, state: State) -> usize {
        let folder = self.folder.path().join("approvals").join(state.to_string());
        fs::read_dir(folder).unwrap().count()
    }
}

pub(super) fn settings(folder: &tempfile::TempDir) -> Settings {
    serde_json::from_value(serde_json::json!({
        "folder": folder.path().join("approvals"),
        "validity": "48h",
        "retry_after": "90s",
        "max_pending_per_client": 2,
        "max_pending": 4,
        "max_age": "7d",
    }))
    .unwrap()
}

pub(super) fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

pub(super) fn request(name: &str) -> CertRequest {
    RequestBuilder::new()
        .common_name(name)
        .dns(&format!("{name}.example"))
        .build()
}

pub(super) fn yes() -> Approval {
    Approval::by("alice", noon())
}

pub(super) fn no(reason: &str) -> Decision {
    Decision::Rejected(Refusal {
        by: "bob".into(),
        at: noon(),
        reason: reason.into(),
    })
}

pub(super) fn assert_pending<T: std::fmt::Debug>(answer: &Result<T, Rejection>) {
    let Err(Rejection::Pending { retry_after }) = answer else {
        panic!("not pending: {answer:?}");
    };
    assert_eq!(*retry_after, Duration::from_secs(90));
}

pub(super) fn reason<T: std::fmt::Debug>(answer: Result<T, Rejection>) -> String {
    match answer {
        Err(Rejection::Denied { reason }) => reason.into_owned(),
        other => panic!("no denial but {other:?}"),
    }
}
