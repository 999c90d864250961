//! The shipped units and the shipped site: the list is renewed, and served as a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use sapi_tests::nginx::worker_user;
use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::tool::{binary, run};
use sapi_tests::units;
use tempfile::TempDir;

use super::place::Place;

fn deployed(name: &str) -> String {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    fs::read_to_string(deploy.join(name)).unwrap()
}

#[test]
fn the_units_are_good_and_a_slip_is_found() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let built = binary("ca_gen_crl").display().to_string();
    let service = deployed("systemd/sapi-crl.service").replace("/usr/bin/ca_gen_crl", &built);
    fs::write(path("sapi-crl.service"), &service).unwrap();
    fs::write(path("sapi-crl.timer"), deployed("systemd/sapi-crl.timer")).unwrap();
    let verify = || units::verify(folder.path(), &["sapi-crl.service", "sapi-crl.timer"]);
    assert_eq!(verify(), "");
    units::exposed_at_most(5, &path("sapi-crl.service"));
    let slip = service.replace("MemoryMax", "MemoryMaks");
    fs::write(path("sapi-crl.service"), slip).unwrap();
    assert!(verify().contains("MemoryMaks"));
}

/// As the unit says it, but for the folders: the options are those that the tool has.
#[test]
fn the_service_runs_what_the_tool_understands() {
    let place = Place::new();
    let leaf = place.leaf("web01");
    let unit = deployed("systemd/sapi-crl.service");
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let words: Vec<_> = line.unwrap().split_whitespace().skip(1).collect();
    assert_eq!(words[0], "--due");
    let credentials = TempDir::new().unwrap();
    fs::write(credentials.path().join("ca-passphrase"), "hush\n").unwrap();
    let start = || {
        let mut command = place.renew(&words);
        command.env_remove("CA_PASSPHRASE");
        command.env("CREDENTIALS_DIRECTORY", credentials.path());
        run(&mut command).expect(0).stdout
    };
    assert!(start().contains("Number 1, 0 revoked"));
    assert!(start().contains("Not due"));
    let leaf = ["--certificate", leaf.to_str().unwrap()];
    place.revoke(&leaf).expect(0);
    assert!(start().contains("Number 2, 1 revoked"));
}

#[test]
fn nginx_serves_the_list_and_the_bundle_and_nothing_else() {
    let place = Place::new();
    place.publish(&[]).expect(0);
    let mut roll = super::tool("ca_roll_identity", place.ca.path());
    run(roll.arg("--publish").arg(place.public())).expect(0);
    fs::write(place.public().join("ca.private_key.pem"), "secret").unwrap();

    let folder = TempDir::with_prefix("sapi-nginx-").unwrap();
    let here = folder.path().display().to_string();
    for folder in [folder.path(), place.public().parent().unwrap()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let site = deployed("nginx/sapi-crl.conf");
    for part in ["listen 80;", "root /var/lib/sapi-crl;"] {
        assert!(site.contains(part), "{part}");
    }
    let site = site
        .replace("listen 80;", &format!("listen unix:{here}/socket;"))
        .replace("/var/lib/sapi-crl", &place.public().display().to_string());
    let user = worker_user().map_or(String::new(), |user| format!("user {user};"));
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {here}/{kind};"))
        .concat();
    let main = format!(
        "{user} daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log;\n\
         events {{ }}\nhttp {{ access_log off; {temporary}\n{site}\n}}\n"
    );
    fs::write(folder.path().join("nginx.conf"), main).unwrap();
    let mut nginx = program("nginx");
    nginx.args(["-p", &here, "-c", &format!("{here}/nginx.conf")]);
    nginx.args(["-e", &format!("{here}/error.log")]);
    let mut nginx = Running::start(nginx.stdin(Stdio::null()));
    let get = |path: &str| {
        let mut curl = program("curl");
        curl.args(["--silent", "--show-error", "--output", "got"]);
        curl.args(["--write-out", "%{http_code} %{content_type}"]);
        curl.args(["--unix-socket", &format!("{here}/socket")]);
        curl.arg(format!("http://ca.example.com{path}"));
        let outcome = run(curl.current_dir(folder.path()));
        let body = fs::read(folder.path().join("got")).unwrap_or_default();
        (outcome.stdout, body)
    };
    let begun = Instant::now();
    while !folder.path().join("pid").exists() {
        let log = fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
        assert!(nginx.try_wait().unwrap().is_none(), "{log}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{log}");
        sleep(Duration::from_millis(10));
    }
    let read = |name: &str| fs::read(place.public().join(name)).unwrap();
    let mut seen = vec![("/ca.crl", get("/ca.crl"))];
    for name in ["crl", "bundle", "new-by-old", "old-by-new"] {
        let name = format!("ca.{name}.pem");
        let (status, body) = get(&format!("/{name}"));
        assert_eq!(status, "200 application/x-pem-file", "{name}");
        assert_eq!(body, read(&name), "{name}");
    }
    for path in [
        "/",
        "/ca.private_key.pem",
        "/ca.crl/",
        "/.ca.crl.new",
        "/ca.crl.pem.new",
    ] {
        seen.push((path, get(path)));
    }
    drop(nginx);
    let (_, (status, body)) = &seen[0];
    assert_eq!(status, "200 application/pkix-crl");
    assert_eq!(*body, read("ca.crl"));
    for (path, (status, _)) in &seen[1..] {
        assert!(status.starts_with("404"), "{path}: {status}");
    }
}
