//! Overload, idleness and slowness: healthy clients do not notice.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sapi_tests::program::program;
use sapi_tests::shell::{Place, Shell};

use super::client::Client;
use super::crowd::{Crowd, Manner, is_200};
use super::{place, proc_status, request};

#[test]
fn a_thousand_idle_two_hundred_slow_and_a_full_load_leave_healthy_clients_unharmed() {
    // So long that no busy machine comes near them.
    let place = place("http.body_timeout = \"600s\"\nhttp.header_timeout = \"600s\"");
    let shell = place.start();
    let socket = place.socket();
    let connect = || UnixStream::connect(&socket).unwrap();
    let idle: Vec<UnixStream> = (0..1000).map(|_| connect()).collect();
    let mut slow: Vec<UnixStream> = (0..200).map(|_| connect()).collect();
    for stream in &mut slow {
        let head = "PUT /api/csr/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let dripping = std::thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            slow.iter_mut()
                .for_each(|stream| stream.write_all(b"-").unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
        slow
    });
    let crowd = Crowd::gather(64, Manner::Keep, &place.socket(), is_200);
    crowd.wait_for(200);
    let mut worst = Duration::ZERO;
    for _ in 0..200 {
        let begun = Instant::now();
        let answer = Client::put_once(&place.socket(), "healthy", &request()).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        worst = worst.max(begun.elapsed());
    }
    let (answered, faults) = crowd.leave();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {:?}",
        faults.len(),
        faults[0]
    );
    assert!(worst < Duration::from_secs(20), "{worst:?}");
    let memory = resident_kib(&shell);
    assert!(memory < 200 * 1024, "{memory} KiB");
    println!("{answered} beside them, the slowest of 200 healthy ones {worst:?}, {memory} KiB");
    stop.store(true, Ordering::Relaxed);
    drop((idle, dripping.join().unwrap()));
}

#[test]
fn beyond_the_bound_requests_are_turned_away_at_once() {
    let place = Place::new("http.max_in_flight = 8");
    let shell = place.start();
    let mut waiting: Vec<Client> = (0..8)
        .map(|_| {
            let mut client = Client::connect(&place.socket()).unwrap();
            client.send("wait6000", &request(), "close").unwrap();
            client
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    for _ in 0..50 {
        let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.json["type"], "urn:sapi:problem:overloaded");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(shell_put(&shell, &place).header("retry-after"), Some("1"));
    for client in &mut waiting {
        assert_eq!(client.answer().unwrap().status, 200);
    }
    assert_eq!(shell_put(&shell, &place).status, 200);
}

#[test]
fn clients_that_hang_up_do_not_get_around_the_bound() {
    let place = Place::new("http.max_in_flight = 8");
    let shell = place.start();
    for _ in 0..40 {
        let mut client = Client::connect(&place.socket()).unwrap();
        client.send("wait2500", &request(), "close").unwrap();
    }
    std::thread::sleep(Duration::from_millis(500));
    let begun = shell.log().len();
    assert!(begun > 0);
    let reply = shell_put(&shell, &place);
    assert_eq!(reply.status, 503);
    super::soon("room again", || shell_put(&shell, &place).status == 200);
    // Only as many requests began as the limit allows, and they ended although nobody waited for them.
    let issued = || {
        let audit = shell.audit();
        let of_them = |line: &&serde_json::Value| line["client"] == "wait2500";
        let issued = |line: &&serde_json::Value| line["outcome"] == "issued";
        audit.iter().filter(of_them).filter(issued).count()
    };
    super::soon("the eight", || issued() >= 8);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(issued(), 8);
}

#[test]
fn a_full_queue_before_the_signer_is_503_and_memory_stays_bounded() {
    let place = Place::new("signing.threads = 1\nsigning.queue = 1\nhttp.max_in_flight = 512");
    let shell = place.start();
    let crowd = Crowd::gather(100, Manner::Keep, &place.socket(), |answer| {
        match answer.status {
            200 => Ok(()),
            503 if answer.json["type"] == "urn:sapi:problem:overloaded" => Ok(()),
            _ => Err(format!("{answer:?}")),
        }
    });
    crowd.wait_for(500);
    let early = resident_kib(&shell);
    crowd.wait_for(3000);
    let late = resident_kib(&shell);
    let (answered, faults) = crowd.leave();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {:?}",
        faults.len(),
        faults[0]
    );
    let overloaded = shell
        .audit()
        .iter()
        .filter(|line| line["slug"] == "overloaded")
        .count();
    assert!(
        overloaded > 0 && overloaded < answered,
        "{overloaded} of {answered}"
    );
    assert!(late < early + 16 * 1024, "{early} KiB, then {late} KiB");
}

#[test]
fn the_soft_limit_of_open_files_is_raised_to_the_hard_one() {
    let place = Place::new("");
    let mut command = program("sh");
    command
        .args(["-c", "ulimit -Sn 256; exec \"$0\" \"$@\""])
        .arg(sapi_tests::tool::binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"))
        .env("CA_PASSPHRASE", sapi_tests::shell::PASSPHRASE);
    let shell = Shell::start(&mut command);
    let idle: Vec<Client> = (0..400)
        .map(|_| Client::connect(&place.socket()).unwrap())
        .collect();
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert_eq!(answer.status, 200);
    drop((idle, shell));
}

fn shell_put(shell: &Shell, place: &Place) -> sapi_tests::curl::Reply {
    let file = place.file("client.csr");
    std::fs::write(&file, request()).unwrap();
    shell.curl("/api/csr/web01", &["-T", file.to_str().unwrap()])
}

fn resident_kib(shell: &Shell) -> u64 {
    let text = proc_status(shell, "VmRSS");
    text.trim_end_matches(" kB").trim().parse().unwrap()
}
