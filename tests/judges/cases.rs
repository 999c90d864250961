//! The certificates to judge, in files: roots of our own tool, intermediates, leaves from the road.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use openssl::x509::X509;
use sapi::DistinguishedName;
use sapi::KeyKind;
use sapi::identity::NewIdentity;
use sapi::testing::{Authority, RequestBuilder, TestKey};
use sapi::{
    DraftCertificate, Extension, Identity, Pipeline, Rejection, SigningContext, SigningHooks,
    Terms, Validity, Verdict, async_trait,
};
use tempfile::TempDir;

/// One certificate, with the certificates above it.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) ca: &'static str,
    pub(super) client: &'static str,
    /// A DNS name in it, for verifiers that want one.
    pub(super) host: &'static str,
    pub(super) leaf: String,
    pub(super) between: String,
    pub(super) root: String,
}

pub(super) struct Cases {
    pub(super) folder: TempDir,
    pub(super) all: Vec<Case>,
}

/// Makes the cases once for all judges. `cases.txt` has a line for each: name, CA's and client's kind, host.
pub(super) fn cases() -> &'static Cases {
    static CASES: LazyLock<Cases> = LazyLock::new(|| {
        let folder = TempDir::with_prefix("sapi-judges-").unwrap();
        let all = all();
        let mut index = String::new();
        for case in &all {
            writeln!(
                index,
                "{} {} {} {}",
                case.name, case.ca, case.client, case.host
            )
            .unwrap();
            write(folder.path(), case);
        }
        fs::write(folder.path().join("cases.txt"), index).unwrap();
        Cases { folder, all }
    });
    &CASES
}

pub(super) fn write(folder: &Path, case: &Case) {
    for (kind, pem) in [
        ("leaf", &case.leaf),
        ("mid", &case.between),
        ("root", &case.root),
    ] {
        fs::write(folder.join(format!("{}.{kind}.pem", case.name)), pem).unwrap();
    }
}

fn all() -> Vec<Case> {
    let clients = [
        ("rsa", TestKey::rsa(2048)),
        ("p256", TestKey::p256()),
        ("p384", TestKey::p384()),
        ("p521", TestKey::p521()),
        ("ed25519", TestKey::ed25519()),
    ];
    let mut cases = Vec::new();
    for ca in CA_KINDS {
        let root = root(ca);
        for (client, key) in &clients {
            let name = format!("{ca}-{client}").replace(':', "");
            cases.push(root.issue(&name, client, "full", &rich().key(key.clone())));
        }
        let below = root.intermediate();
        let name = format!("{ca}-chain").replace(':', "");
        cases.push(below.issue(&name, "p256", "full", &rich()));
    }
    let root = root("ec:p256");
    for (name, host, request) in forms() {
        let mut case = root.issue(name, "p256", "plain", &request);
        case.host = host;
        cases.push(case);
    }
    let mut late = root.issue("late", "p256", "late", &rich());
    late.host = "www.example.com";
    cases.push(late);
    cases
}

/// All four kinds of names, and a subject.
fn rich() -> RequestBuilder {
    RequestBuilder::new()
        .field("C", "DE")
        .field("O", "Müller & Söhne")
        .field("emailAddress", "a.b@example.com")
        .common_name("www.example.com")
        .dns("www.example.com")
        .dns("*.example.org")
        .ip([192, 0, 2, 1])
        .ip([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])
        .email("a.b@example.com")
        .uri("spiffe://example.com/web/01")
}

/// Certificates without extras: name, host, request.
fn forms() -> [(&'static str, &'static str, RequestBuilder); 7] {
    let new = RequestBuilder::new;
    [
        ("no-subject", "a.example.com", new().dns("a.example.com")),
        ("no-names", "-", new().common_name("web01")),
        (
            "only-ip",
            "-",
            new().common_name("web01").ip([192, 0, 2, 1]),
        ),
        ("only-email", "-", new().email("a@example.com")),
        (
            "only-uri",
            "-",
            new().uri("urn:uuid:00000000-0000-4000-8000-000000000000"),
        ),
        ("wildcard", "b.example.com", new().dns("*.example.com")),
        (
            "all-fields",
            "a.example.com",
            [
                ("DC", "com"),
                ("DC", "example"),
                ("L", "Köln"),
                ("ST", "NRW"),
                ("OU", "x"),
                ("serialNumber", "7"),
            ]
            .iter()
            .fold(new().dns("a.example.com"), |request, (field, value)| {
                request.field(field, value)
            }),
        ),
    ]
}

/// A CA, and the CAs above it.
struct Ca {
    kind: &'static str,
    pipeline: Pipeline,
    authority: Authority,
    between: String,
    root: String,
}

/// A root as `ca_create_identity` makes it, for a hundred years.
fn root(kind: &'static str) -> Ca {
    let fields = [
        ("C", "US"),
        ("O", "Random Authority, Inc."),
        ("CN", "ca.net"),
    ];
    let subject = DistinguishedName::from_fields(fields).unwrap();
    let kind_of_key: KeyKind = kind.parse().unwrap();
    let made = NewIdentity::self_signed(&subject, kind_of_key, CENTURY, SystemTime::now()).unwrap();
    let certificate = made.certificate().clone();
    let identity = Identity::new(made.key().clone(), certificate.clone(), Vec::new()).unwrap();
    let now = SystemTime::now();
    Ca {
        kind,
        pipeline: Pipeline::new(identity, Hooks).unwrap(),
        authority: Authority::new()
            .valid(now - Duration::from_secs(60), now + CENTURY)
            .with_key(made.key().clone().into()),
        between: String::new(),
        root: pem(&certificate),
    }
}

impl Ca {
    /// A CA that this one signs, with a key of the same kind.
    fn intermediate(&self) -> Self {
        let kind: KeyKind = self.kind.parse().unwrap();
        let below = self
            .authority
            .intermediate("intermediate")
            .with_key(kind.generate().unwrap().into());
        Self {
            kind: self.kind,
            pipeline: Pipeline::new(below.identity(), Hooks).unwrap(),
            between: below.pem(),
            root: self.authority.pem(),
            authority: below,
        }
    }

    fn issue(&self, name: &str, client: &'static str, id: &str, request: &RequestBuilder) -> Case {
        let issued = RUNTIME.block_on(self.pipeline.issue(
            id.parse().unwrap(),
            request.build(),
            sapi::Peer::local(),
        ));
        Case {
            name: name.to_owned(),
            ca: self.kind,
            client,
            host: "www.example.com",
            leaf: issued.unwrap().pem().to_owned(),
            between: self.between.clone(),
            root: self.root.clone(),
        }
    }
}

/// Grants what is asked for. The client `full` also gets everything else that a draft can have.
struct Hooks;

#[async_trait]
impl SigningHooks for Hooks {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let late = cx.client().as_str() == "late";
        let terms = Terms::valid_for(Validity::days(if late { 36_000 } else { 90 }));
        Ok(Verdict::Grant(terms.with_requested_names(cx.csr())))
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        if cx.client().as_str() == "full" {
            draft.add_crl_url("http://ca.example.com/ca.crl")?;
            draft.add_crl_url("http://ca.example.net/ca.crl")?;
            draft.add_ocsp_url("http://ocsp.example.com")?;
            draft.add_ca_issuer_url("http://ca.example.com/ca.cer")?;
            draft.add_policy("1.3.6.1.4.1.32473.2")?;
            draft.add_policy("2.23.140.1.2.1")?;
            draft.push_extension(Extension::text("1.3.6.1.4.1.32473.1", "rack 7")?)?;
        }
        Ok(())
    }
}

fn pem(certificate: &X509) -> String {
    String::from_utf8(certificate.to_pem().unwrap()).unwrap()
}

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().unwrap()
});

const CA_KINDS: [&str; 5] = ["rsa:2048", "rsa:3072", "ec:p256", "ec:p384", "ed25519"];
const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
