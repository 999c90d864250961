//! With the ready-made hooks: a person approves the first certificate, which then approves its successor.

use sapi_tests::nginx::Site;
use sapi_tests::shell::{Place, Shell};
use sapi_tests::tool::{binary, detached, run};

use super::{Scene, behind_nginx, open};

const HOOKS: &str = "
hooks.journal.folder = \"HERE/journal\"
hooks.approvals.folder = \"HERE/approvals\"
hooks.approvals.validity = \"48h\"
hooks.renew.window = \"7d\"";

#[test]
fn approved_by_a_person_and_renewed_by_certificate() {
    let place = Place::new("");
    let here = place.path().display().to_string();
    place.settings(&(behind_nginx() + &HOOKS.replace("HERE", &here)));
    open(&place);
    let scene = Scene {
        nginx: Site::new(&place.socket(), &place.file("ca.cert.pem")).start(),
        shell: Some(Shell::start(
            &mut place.command("sapi-hooks-example", "serve"),
        )),
        place,
    };
    let client = |arguments: &[&str]| {
        let mut command = scene.client("web01");
        command.args(["--once", "--name", "DNS:www.example.com"]);
        run(command.args(arguments))
    };
    for _ in 0..2 {
        client(&[]).expect(69);
    }
    let mut approve = detached(&binary("ca_approve"));
    approve.args(["approve", "--config"]);
    approve.arg(scene.place.file("sapi.toml"));
    run(approve.env("LOGNAME", "alice").arg("web01")).expect(0);
    client(&[]).expect(0);
    scene.verifies("web01");

    let first = scene.read("web01", "key.pem");
    client(&["renew", "--before", "3d", "--new-key"]).expect(0);
    scene.verifies("web01");
    assert_ne!(first, scene.read("web01", "key.pem"));
    // The hook renews only for another key. With the same key, a person decides again.
    client(&["renew", "--before", "3d"]).expect(69);
    scene.verifies("web01");
}
