//! Which peers sapi believes about request ids, addresses and client certificates.

use super::client_certificates::{nginx_header, rfc9440_header};
use super::{Scene, assert_problem};

/// On a unix socket, where the tests' own user is the proxy.
pub(super) fn trusting() -> Scene {
    let uid = rustix::process::geteuid().as_raw();
    Scene::with(&format!("proxy.trusted_uids = [{uid}]"))
}

/// What a hook sees of a request with these headers.
#[track_caller]
pub(super) fn seen(scene: &Scene, headers: &[&str]) -> String {
    let arguments: Vec<&str> = headers.iter().flat_map(|header| ["-H", header]).collect();
    let reply = scene.put("peer", &arguments);
    assert_eq!(reply.status, 403);
    reply.json()["detail"].as_str().unwrap().to_owned()
}

#[test]
fn nobody_is_believed_unasked() {
    let tcp = Scene::tcp("");
    let unix = Scene::new();
    let pair = unix.place.authority.client(unix.place.path(), "device1");
    for (scene, address) in [(&unix, "none"), (&tcp, "127.0.0.1")] {
        let seen = seen(
            scene,
            &[
                "X-Request-ID: spoofed",
                "X-Forwarded-For: 203.0.113.66",
                "Forwarded: for=203.0.113.66",
                "X-Real-IP: 203.0.113.66",
                "X-Client-Verify: SUCCESS",
                &nginx_header(&pair.certificate),
                &rfc9440_header(&pair.certificate),
            ],
        );
        assert!(
            seen.contains(&format!("address={address} certificate=none ")),
            "{seen}"
        );
        assert!(!seen.contains("spoofed"), "{seen}");
    }
    assert_problem(
        &unix.put("deny", &["-H", "X-Request-ID: spoofed"]),
        403,
        "denied",
    );
}

#[test]
fn other_users_and_networks_are_not_the_trusted_ones() {
    let stranger = rustix::process::geteuid().as_raw() + 1;
    let unix = Scene::with(&format!("proxy.trusted_uids = [{stranger}]"));
    let tcp = Scene::tcp("proxy.trusted_networks = [\"10.0.0.0/8\", \"::/0\"]");
    for scene in [&unix, &tcp] {
        let seen = seen(
            scene,
            &["X-Request-ID: spoofed", "X-Forwarded-For: 203.0.113.66"],
        );
        assert!(
            !seen.contains("203.0.113.66") && !seen.contains("spoofed"),
            "{seen}"
        );
    }
}

#[test]
fn a_trusted_proxys_request_id_goes_everywhere() {
    let mut scene = trusting();
    let longest = "x".repeat(64);
    for id in [
        "a",
        "0b5c1a52-6f0e-4b8e-a1f3-3f4c2d1e0a9b",
        "A.b_c-9",
        &longest,
    ] {
        let reply = scene.put("peer", &["-H", &format!("X-Request-ID: {id}")]);
        assert_eq!(reply.header("x-request-id"), Some(id));
        let json = reply.json();
        assert_eq!(json["instance"], format!("urn:uuid:{id}"));
        assert!(
            json["detail"]
                .as_str()
                .unwrap()
                .ends_with(&format!("id={id}"))
        );
        let quoted = format!("\"request_id\":\"{id}\"");
        scene
            .shell
            .logs(|line| line.contains("sapi::audit") && line.contains(&quoted));
    }
    let reply = scene.put("web01", &["-H", "X-Request-ID: mine"]);
    assert_eq!(reply.json()["request_id"], "mine");
}

#[test]
fn a_malformed_request_id_is_replaced() {
    let scene = trusting();
    let too_long = format!("X-Request-ID: {}", "x".repeat(65));
    for bad in [
        "X-Request-ID;",
        "X-Request-ID: a b",
        "X-Request-ID: a\"b",
        "X-Request-ID: ä",
        &too_long,
    ] {
        assert_problem(&scene.put("deny", &["-H", bad]), 403, "denied");
    }
    let twice = ["-H", "X-Request-ID: one", "-H", "X-Request-ID: two"];
    assert_problem(&scene.put("deny", &twice), 403, "denied");
}

#[test]
fn the_address_is_the_rightmost_that_is_no_proxy() {
    let unix = trusting();
    let uid = rustix::process::geteuid().as_raw();
    let behind_two = Scene::with(&format!(
        "proxy.trusted_uids = [{uid}]\nproxy.trusted_networks = [\"10.0.0.0/8\", \"2001:db8::/32\"]"
    ));
    for (scene, headers, address) in [
        (&unix, &["X-Forwarded-For: 192.0.2.7"][..], "192.0.2.7"),
        (
            &unix,
            &["X-Forwarded-For: 203.0.113.66, 192.0.2.7"],
            "192.0.2.7",
        ),
        (
            &unix,
            &[
                "X-Forwarded-For: 203.0.113.66",
                "X-Forwarded-For: 192.0.2.7",
            ],
            "192.0.2.7",
        ),
        (&unix, &["X-Forwarded-For: 2001:db8::7"], "2001:db8::7"),
        (&unix, &["X-Forwarded-For: ::ffff:192.0.2.7"], "192.0.2.7"),
        (&unix, &["X-Forwarded-For: 192.0.2.7, nonsense"], "none"),
        (&unix, &["X-Forwarded-For: 192.0.2.7,"], "none"),
        (
            &unix,
            &["Forwarded: for=192.0.2.7", "X-Real-IP: 192.0.2.7"],
            "none",
        ),
        (&unix, &[], "none"),
        (
            &behind_two,
            &["X-Forwarded-For: 203.0.113.66, 192.0.2.7, 10.1.1.1"],
            "192.0.2.7",
        ),
        (
            &behind_two,
            &["X-Forwarded-For: 192.0.2.7, 10.1.1.1, 2001:db8::1"],
            "192.0.2.7",
        ),
        (
            &behind_two,
            &["X-Forwarded-For: 192.0.2.7, ::ffff:10.1.1.1"],
            "192.0.2.7",
        ),
        (&behind_two, &["X-Forwarded-For: 10.1.1.1"], "none"),
    ] {
        let seen = seen(scene, headers);
        assert!(
            seen.starts_with(&format!("address={address} ")),
            "{headers:?}: {seen}"
        );
    }
}

#[test]
fn on_tcp_the_proxy_is_known_by_its_network() {
    let scene = Scene::tcp("proxy.trusted_networks = [\"127.0.0.0/8\"]");
    let seen = seen(
        &scene,
        &[
            "X-Forwarded-For: 203.0.113.66, 192.0.2.7",
            "X-Request-ID: mine",
        ],
    );
    assert_eq!(seen, "address=192.0.2.7 certificate=none id=mine");
}
