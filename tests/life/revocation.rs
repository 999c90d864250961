//! `ca_revoke` and `ca_gen_crl`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use openssl::x509::X509;
use sapi::testing::RequestBuilder;
use sapi::{
    Chain, ClientId, Identity, Peer, Pipeline, Rejection, SigningContext, SigningHooks, Terms,
    Validity, Verdict, async_trait,
};
use sapi_stock::Journal;
use sapi_tests::tool::{Outcome, openssl, run};
use tempfile::TempDir;

use super::crl_judges::{by_openssl, is_revoked, number, text};
use super::{ca, tool, write};

struct Everybody;

#[async_trait]
impl SigningHooks for Everybody {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

/// A CA, its journal, and the folder where its list is published.
pub(super) struct Place {
    pub(super) ca: TempDir,
    folder: TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self::of(ca())
    }

    fn of(ca: TempDir) -> Self {
        let folder = TempDir::with_prefix("sapi-crl-").unwrap();
        Journal::open(&folder.path().join("journal")).unwrap();
        fs::create_dir(folder.path().join("public")).unwrap();
        Self { ca, folder }
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub(super) fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn ca_pem(&self) -> PathBuf {
        self.ca.path().join("ca.cert.pem")
    }

    fn list(&self) -> PathBuf {
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

    fn command(&self) -> Command {
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

    fn publish_at(&self, offset: &str, arguments: &[&str]) -> Outcome {
        let command = self.command();
        let mut faketime = Command::new("faketime");
        faketime.args(["-f", offset]).arg(command.get_program());
        faketime.args(command.get_args()).args(arguments);
        run(faketime.env("CA_PASSPHRASE", "hush"))
    }
}

fn serial(leaf: &Path) -> String {
    let certificate = X509::from_pem(&fs::read(leaf).unwrap()).unwrap();
    let number = certificate.serial_number().to_bn().unwrap();
    number.to_hex_str().unwrap().to_string()
}

#[test]
fn what_is_revoked_is_refused_by_everybody_and_the_rest_is_not() {
    let place = Place::new();
    let [one, two, three, kept] = ["web01", "web02", "web03", "web04"].map(|name| place.leaf(name));
    let again = place.leaf("web03");
    // An empty list is one too.
    place.publish(&[]).expect(0);
    for leaf in [&one, &two, &three, &kept, &again] {
        assert!(!is_revoked(&place.ca_pem(), &place.public(), leaf));
    }
    let shown = place.revoke(&["--serial", &serial(&one), "--reason", "keyCompromise"]);
    assert!(
        shown
            .expect(0)
            .stdout
            .contains("web01  CN=web01  keyCompromise")
    );
    let certificate = ["--certificate", two.to_str().unwrap()];
    place.revoke(&certificate).expect(0);
    let both = ["--client", "web03", "--reason", "superseded", "--json"];
    let json: serde_json::Value =
        serde_json::from_str(&place.revoke(&both).expect(0).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2, "{json}");
    assert_eq!(json[0]["client"], "web03");
    assert_eq!(json[0]["reason"], "superseded");
    let shown = place.publish(&["--json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&json["number"], &json["entries"]), (&2.into(), &4.into()));
    for leaf in [&one, &two, &three, &again] {
        assert!(is_revoked(&place.ca_pem(), &place.public(), leaf));
    }
    assert!(!is_revoked(&place.ca_pem(), &place.public(), &kept));
}

#[test]
fn the_list_says_what_rfc_5280_wants() {
    let place = Place::new();
    let (one, two) = (place.leaf("web01"), place.leaf("web02"));
    place
        .revoke(&["--serial", &serial(&one), "--reason", "KEYCOMPROMISE"])
        .expect(0);
    place.revoke(&["--serial", &serial(&two)]).expect(0);
    place.publish(&["--validity", "3d"]).expect(0);
    let shown = text(&place.list());
    for part in [
        "Version 2 (0x1)",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Issuer: CN = ca.net",
        "X509v3 Authority Key Identifier",
        "X509v3 CRL Number: \n                1",
        &format!("Serial Number: {}", serial(&one)),
        "X509v3 CRL Reason Code: \n                Key Compromise",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Unspecified is said by saying nothing.
    assert_eq!(shown.matches("Reason Code").count(), 1, "{shown}");
    let list = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    let span = list
        .last_update()
        .diff(list.next_update().unwrap())
        .unwrap();
    assert_eq!((span.days, span.secs), (3, 0));
    // Both forms are one list, and everybody may read them.
    let pem = fs::read(place.public().join("ca.crl.pem")).unwrap();
    let same = openssl::x509::X509Crl::from_pem(&pem).unwrap();
    assert_eq!(same.to_der().unwrap(), list.to_der().unwrap());
    use std::os::unix::fs::PermissionsExt;
    for name in ["ca.crl", "ca.crl.pem"] {
        let mode = fs::metadata(place.public().join(name))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o644);
    }
}

#[test]
fn a_hold_becomes_final_but_nothing_is_revoked_twice() {
    let place = Place::new();
    let leaf = place.leaf("web01");
    let serial = serial(&leaf);
    let revoke = |reason: &str| place.revoke(&["--serial", &serial, "--reason", reason]);
    revoke("certificateHold").expect(0);
    place.publish(&[]).expect(0);
    assert!(text(&place.list()).contains("Certificate Hold"));
    revoke("keyCompromise").expect(0);
    place.publish(&[]).expect(0);
    let shown = text(&place.list());
    assert!(
        shown.contains("Key Compromise") && !shown.contains("Hold"),
        "{shown}"
    );
    revoke("superseded").expect(1).says(&["is revoked already"]);
}

#[test]
fn refusals() {
    let place = Place::new();
    place.leaf("web01");
    let ca_pem = place.ca_pem();
    let garbage = write(place.ca.path(), "garbage", "no certificate");
    for (arguments, code, part) in [
        (&["--serial", "5a17"][..], 1, "not in the journal"),
        (&["--serial", "five"], 64, "is no serial number"),
        (&["--client", "web02"], 1, "has no living certificate"),
        (
            &["--certificate", ca_pem.to_str().unwrap()],
            1,
            "not in the journal",
        ),
        (
            &["--certificate", garbage.to_str().unwrap()],
            65,
            "no certificate in PEM",
        ),
        (&["--certificate", "/nonexistent"], 66, "/nonexistent"),
        (
            &["--client", "web01", "--reason", "boredom"],
            64,
            "is no reason",
        ),
        (
            &["--client", "web01", "--reason", "removeFromCRL"],
            64,
            "is no reason",
        ),
        (&["--reason", "keyCompromise"], 64, "--client"),
        // All of them or none.
        (
            &["--client", "web01", "--serial", "5a17"],
            1,
            "nothing was revoked",
        ),
    ] {
        place.revoke(arguments).expect(code).says(&[part]);
    }
    place.publish(&[]).expect(0);
    assert!(text(&place.list()).contains("No Revoked Certificates"));
    let missing = ["--folder", "/nonexistent"];
    let mut command = tool("ca_gen_crl", place.ca.path());
    run(command.args(missing))
        .expect(78)
        .says(&["/nonexistent"]);
    let mut command = place.command();
    run(command.env("CA_PASSPHRASE", "wrong"))
        .expect(78)
        .says(&["wrong passphrase"]);
    let before = fs::read(place.list()).unwrap();
    place
        .publish_at("+4000d", &[])
        .expect(78)
        .says(&["expired or not yet valid"]);
    place.publish(&["--publish", "/nonexistent"]).expect(64);
    fs::write(place.journal().join("crlnumber"), "no number\n").unwrap();
    place
        .publish(&[])
        .expect(65)
        .says(&["crlnumber: holds no hexadecimal number"]);
    assert_eq!(fs::read(place.list()).unwrap(), before);
    // A damaged journal is believed by nobody.
    let journal = place.journal().join("journal.jsonl");
    let altered = fs::read_to_string(&journal)
        .unwrap()
        .replace("web01", "web09");
    fs::write(&journal, altered).unwrap();
    place
        .publish(&[])
        .expect(65)
        .says(&["journal.jsonl line 1"]);
}

#[test]
fn a_ca_that_may_not_sign_lists_does_not() {
    let place = Place::new();
    let path = place.ca.path();
    let mut line = vec![
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.private_key.pem",
        "-days",
        "99",
    ];
    line.extend([
        "-passin",
        "pass:hush",
        "-subj",
        "/CN=ca.net",
        "-out",
        "ca.cert.pem",
    ]);
    line.extend([
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-config",
        "cnf",
    ]);
    line.extend(["-addext", "keyUsage=critical,keyCertSign"]);
    write(path, "cnf", "[req]\ndistinguished_name = dn\n[dn]\n");
    openssl(path, &line);
    place
        .publish(&[])
        .expect(78)
        .says(&["keyUsage does not say cRLSign"]);
    // As the message says.
    run(tool("ca_roll_identity", path).arg("--same-key")).expect(0);
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    place.publish(&[]).expect(0);
}

#[test]
fn no_number_comes_twice_whoever_is_killed() {
    let place = Place::new();
    let mut seen = BTreeSet::new();
    for round in 0..4_u64 {
        let mut running: Vec<_> = (0..4)
            .map(|_| {
                let mut command = place.command();
                command.arg("--json").stdin(Stdio::null());
                command.stdout(Stdio::piped()).stderr(Stdio::null());
                command.spawn().unwrap()
            })
            .collect();
        // Wherever they are just then.
        sleep(Duration::from_millis(40 + 30 * round));
        for child in running.iter_mut().take(2) {
            let _gone = child.kill();
        }
        for child in running {
            let shown = child.wait_with_output().unwrap().stdout;
            // A killed one may have said nothing, or be killed after it said it.
            if let Ok(json) = serde_json::from_slice::<serde_json::Value>(&shown) {
                let number = json["number"].as_u64().unwrap();
                assert!(seen.insert(number), "{number} came twice");
            }
        }
    }
    place.publish(&[]).expect(0);
    let newest = number(&place.list());
    assert!(
        seen.iter().all(|number| *number < newest),
        "{seen:?} {newest}"
    );
    assert!(!is_revoked(
        &place.ca_pem(),
        &place.public(),
        &place.leaf("web01")
    ));
    // Lost: the published list remembers.
    fs::remove_file(place.journal().join("crlnumber")).unwrap();
    place.publish(&[]).expect(0);
    assert_eq!(number(&place.list()), newest + 1);
}

#[test]
fn a_clock_that_went_back_does_not_make_the_list_older_than_what_is_on_it() {
    let ca = TempDir::new().unwrap();
    let create = tool("ca_create_identity", ca.path());
    let mut faketime = Command::new("faketime");
    faketime.args(["-f", "-2d"]).arg(create.get_program());
    faketime
        .args(create.get_args())
        .args(["-f", "CN", "ca.net"]);
    run(faketime.env("CA_PASSPHRASE", "hush")).expect(0);
    let place = Place::of(ca);
    let leaf = place.leaf("web01");
    place.revoke(&["--serial", &serial(&leaf)]).expect(0);
    place.publish_at("-1d", &[]).expect(0);
    let list = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    let revoked = list.get_revoked().unwrap().iter().next().unwrap();
    assert!(list.last_update() >= revoked.revocation_date());
    assert!(by_openssl(
        &place.ca_pem(),
        &place.public().join("ca.crl.pem"),
        &leaf
    ));
}

#[test]
fn due_at_half_its_time_and_whenever_something_was_revoked() {
    let place = Place::new();
    let leaf = place.leaf("web01");
    let due = |offset: &str| {
        let outcome = place.publish_at(offset, &["--due"]).expect(0);
        !outcome.stdout.contains("Not due")
    };
    assert!(due("+0"), "there is none yet");
    assert!(!due("+0") && !due("+3d"));
    // Not even a passphrase is asked for.
    let mut command = place.command();
    run(command.arg("--due").env_remove("CA_PASSPHRASE")).expect(0);
    assert!(due("+4d"), "half of seven days is over");
    place.revoke(&["--serial", &serial(&leaf)]).expect(0);
    assert!(due("+4d") && !due("+4d"));
    assert!(is_revoked_at_openssl(&place, &leaf));
    // A successor with a key of its own signs its own list.
    run(&mut tool("ca_roll_identity", place.ca.path())).expect(0);
    run(tool("ca_roll_identity", place.ca.path()).arg("--activate")).expect(0);
    assert!(due("+4d") && !due("+4d"));
}

/// The list is of the day after tomorrow here, which OpenSSL is told.
fn is_revoked_at_openssl(place: &Place, leaf: &Path) -> bool {
    let mut command = Command::new("faketime");
    command.args(["-f", "+5d", "openssl", "verify", "-crl_check", "-CAfile"]);
    command.arg(place.ca_pem()).arg("-CRLfile");
    command.arg(place.public().join("ca.crl.pem")).arg(leaf);
    let outcome = run(&mut command);
    outcome.code != Some(0) && outcome.stderr.contains("certificate revoked")
}

#[test]
fn after_a_rollover_each_key_keeps_its_own_list() {
    let place = Place::new();
    let (old, old_kept) = (place.leaf("web01"), place.leaf("web02"));
    let path = place.ca.path();
    run(&mut tool("ca_roll_identity", path)).expect(0);
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    let (new, new_kept) = (place.leaf("web03"), place.leaf("web04"));
    for leaf in [&old, &new] {
        place.revoke(&["--serial", &serial(leaf)]).expect(0);
    }
    place.publish(&[]).expect(0);
    let replaced = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let replaced = replaced
        .into_iter()
        .find(|path| path.to_str().unwrap().contains("replaced-"))
        .unwrap();
    let of_old = place.public().join("old");
    fs::create_dir(&of_old).unwrap();
    let mut command = tool("ca_gen_crl", &replaced);
    command.arg("--folder").arg(place.journal());
    run(command.arg("--publish").arg(&of_old)).expect(0);
    for (revoked, kept, ca, lists) in [
        (&new, &new_kept, place.ca_pem(), place.public()),
        (&old, &old_kept, replaced.join("ca.cert.pem"), of_old),
    ] {
        assert!(is_revoked(&ca, &lists, revoked));
        assert!(!is_revoked(&ca, &lists, kept));
    }
}

#[test]
fn openssl_ca_and_ocsp_work_on_the_same_files() {
    let place = Place::new();
    let (one, kept) = (place.leaf("web01"), place.leaf("web02"));
    place
        .revoke(&["--serial", &serial(&one), "--reason", "keyCompromise"])
        .expect(0);
    place.publish(&[]).expect(0);
    let journal = place.journal();
    let config = "[ca]\ndefault_ca = ours\n[ours]\ndatabase = index.txt\ncrlnumber = crlnumber\n\
        default_md = sha256\ndefault_crl_days = 7\n";
    write(&journal, "ca.cnf", config);
    let ca_pem = place.ca_pem();
    let (ca, key) = (
        ca_pem.to_str().unwrap(),
        place.ca.path().join("ca.private_key.pem"),
    );
    let mut line = vec!["ca", "-gencrl", "-config", "ca.cnf", "-cert", ca];
    line.extend(["-keyfile", key.to_str().unwrap(), "-passin", "pass:hush"]);
    line.extend(["-crlexts", "crl", "-out", "theirs.pem"]);
    write(
        &journal,
        "ca.cnf",
        &format!("{config}[crl]\nauthorityKeyIdentifier = keyid\n"),
    );
    openssl(&journal, &line);
    let theirs = fs::read(journal.join("theirs.pem")).unwrap();
    let theirs = openssl::x509::X509Crl::from_pem(&theirs).unwrap();
    let entries = |list: &openssl::x509::X509Crl| -> Vec<String> {
        let revoked = list.get_revoked().unwrap().iter();
        let serial = |entry: &openssl::x509::X509RevokedRef| {
            let number = entry.serial_number().to_bn().unwrap();
            number.to_hex_str().unwrap().to_string()
        };
        revoked.map(serial).collect()
    };
    let ours = openssl::x509::X509Crl::from_der(&fs::read(place.list()).unwrap()).unwrap();
    assert_eq!(entries(&theirs), entries(&ours));
    assert!(by_openssl(&ca_pem, &journal.join("theirs.pem"), &one));
    assert_eq!(number(&place.list()), 1);
    // Theirs was the second: the file between us counted on.
    place.publish(&[]).expect(0);
    assert_eq!(number(&place.list()), 3);

    // A responder with the CA's key, as the test has no other: decrypted for it in a folder of its own.
    let responder = TempDir::new().unwrap();
    let mut line = vec!["pkey", "-passin", "pass:hush", "-out", "key.pem", "-in"];
    line.push(key.to_str().unwrap());
    openssl(responder.path(), &line);
    let index = journal.join("index.txt");
    for (leaf, status) in [(&one, ": revoked"), (&kept, ": good")] {
        let leaf = leaf.to_str().unwrap();
        let ask = ["ocsp", "-issuer", ca, "-cert", leaf, "-reqout", "r.der"];
        openssl(responder.path(), &ask);
        let mut answer = vec!["ocsp", "-index", index.to_str().unwrap(), "-CA", ca];
        answer.extend(["-rsigner", ca, "-rkey", "key.pem", "-reqin", "r.der"]);
        answer.extend(["-respout", "a.der", "-ndays", "1"]);
        openssl(responder.path(), &answer);
        let mut read = vec!["ocsp", "-issuer", ca, "-cert", leaf, "-CAfile", ca];
        read.extend(["-respin", "a.der", "-no_nonce"]);
        let shown = openssl(responder.path(), &read);
        assert!(shown.contains(status), "{shown}");
        assert_eq!(
            shown.contains("keyCompromise"),
            status.contains("revoked"),
            "{shown}"
        );
    }
}

#[test]
fn certificates_say_where_the_list_is() {
    let ca = ca();
    let settings = "[certificate]\ncrl_urls = [\"http://ca.example.com/ca.crl\"]\n";
    let file = write(ca.path(), "sapi.toml", settings);
    let mut command = super::sign(ca.path());
    let outcome = run(command.arg("--config").arg(file)).expect(0);
    let leaf = write(ca.path(), "leaf.pem", &outcome.stdout);
    let mut line = vec!["x509", "-noout", "-ext", "crlDistributionPoints", "-in"];
    line.push(leaf.to_str().unwrap());
    let shown = openssl(ca.path(), &line);
    assert!(
        shown.contains("URI:http://ca.example.com/ca.crl"),
        "{shown}"
    );
}
