//! The messages to systemd, heard by a listener on `NOTIFY_SOCKET`.

use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sapi::testing::{Authority, TestKey};
use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::shell::{Place, Shell};
use sapi_tests::tool::run;
use sapi_tests::users::as_root;

use super::{page, place, soon};

/// Stands in for systemd.
struct Manager(UnixDatagram);

impl Manager {
    fn at(place: &Place) -> Self {
        let socket = UnixDatagram::bind(place.file("notify.sock")).unwrap();
        let patience = Some(Duration::from_secs(60));
        socket.set_read_timeout(patience).unwrap();
        Self(socket)
    }

    fn start(&self, place: &Place, variables: &[(&str, &str)]) -> Shell {
        let mut command = self.command(place);
        Shell::start(command.envs(variables.iter().copied()))
    }

    fn command(&self, place: &Place) -> Command {
        let mut command = place.command("test-shell", "serve");
        command
            .env("NOTIFY_SOCKET", place.file("notify.sock"))
            .env_remove("WATCHDOG_USEC");
        command
    }

    /// The next message.
    fn hears(&self) -> Vec<String> {
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).expect("a word within a minute");
        let text = String::from_utf8(bytes[..length].to_vec()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// All messages in a span of time.
    fn hears_during(&self, span: Duration) -> Vec<Vec<String>> {
        let (end, mut all) = (Instant::now() + span, Vec::new());
        let patience = |time| self.0.set_read_timeout(Some(time)).unwrap();
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            patience(left.max(Duration::from_millis(1)));
            let mut bytes = [0; 4096];
            if let Ok(length) = self.0.recv(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                all.push(text.lines().map(str::to_owned).collect());
            }
        }
        patience(Duration::from_secs(60));
        all
    }
}

const STATUS: &str = "STATUS=signing for CN=throw-away authority of the shell until 20";

#[test]
fn ready_reloading_and_stopping_are_told_with_the_ca_in_the_status() {
    let place = place("");
    let manager = Manager::at(&place);
    let shell = manager.start(&place, &[]);
    let ready = manager.hears();
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].starts_with(STATUS), "{ready:?}");

    let before = monotonic_microseconds();
    shell.signal(Signal::HUP);
    let reloading = manager.hears();
    let after = monotonic_microseconds();
    assert_eq!(reloading[0], "RELOADING=1");
    let when = reloading[1].strip_prefix("MONOTONIC_USEC=").unwrap();
    let when: u128 = when.parse().unwrap();
    assert!((before..=after).contains(&when), "{before} {when} {after}");
    let ready = manager.hears();
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].starts_with(STATUS), "{ready:?}");
    assert!(!ready[1].contains("failed"), "{ready:?}");

    shell.signal(Signal::TERM);
    assert_eq!(manager.hears()[0], "STOPPING=1");
    shell.wait().expect(0);
}

#[test]
fn a_failed_reload_is_ready_again_and_says_why() {
    let place = place("");
    let manager = Manager::at(&place);
    let shell = manager.start(&place, &[]);
    manager.hears();
    place.settings(
        "hooks.test.fault = 'the database\nis down'"
            .replace('\n', " ")
            .as_str(),
    );
    shell.signal(Signal::HUP);
    assert_eq!(manager.hears()[0], "RELOADING=1");
    let ready = manager.hears();
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].starts_with(STATUS), "{ready:?}");
    let why = "the last reload failed: hooks: hook obedient: the database is down";
    assert!(ready[1].contains(why), "{ready:?}");
}

#[test]
fn who_cannot_start_is_never_ready() {
    for (fault, code) in [
        ("hooks.test.fault = 'no database'", 78),
        ("listen = \"unix:/proc/nowhere.sock\"", 69),
    ] {
        let place = place(fault);
        let manager = Manager::at(&place);
        run(&mut manager.command(&place)).expect(code);
        let said = manager.hears_during(Duration::from_millis(100));
        assert!(said.is_empty(), "{said:?}");
    }
}

#[test]
fn the_watchdog_is_fed_while_nothing_is_signed() {
    let place = place("");
    let manager = Manager::at(&place);
    let _shell = manager.start(&place, &[("WATCHDOG_USEC", "900000")]);
    let said = manager.hears_during(Duration::from_secs(3));
    let pings = said.iter().filter(|said| **said == ["WATCHDOG=1"]).count();
    assert!(
        (5..=14).contains(&pings),
        "{pings} pings in 3 s, one each 0.3 s"
    );
}

#[test]
fn without_a_watchdog_nobody_is_pinged() {
    let place = place("signing.self_test_interval = \"300ms\"");
    let manager = Manager::at(&place);
    // The watchdog of another process does not concern us.
    let foreign = [("WATCHDOG_USEC", "100000"), ("WATCHDOG_PID", "1")];
    let _shell = manager.start(&place, &foreign);
    assert_eq!(manager.hears()[0], "READY=1");
    let said = manager.hears_during(Duration::from_secs(1));
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(page(&place, "/readyz").status, 200);
}

/// Stops one thread of another process by attaching to it. `SIGSTOP` would stop all of its threads.
const HOLD: &str = r"
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
pid, name = sys.argv[1:]
for task in os.listdir(f'/proc/{pid}/task'):
    if open(f'/proc/{pid}/task/{task}/comm').read().strip() == name:
        for request in (0x4206, 0x4207):  # SEIZE, INTERRUPT
            if libc.ptrace(request, int(task), None, None) != 0:
                sys.exit(f'ptrace: {os.strerror(ctypes.get_errno())}')
        os.waitpid(int(task), 0x40000000)
        print('held', flush=True)
sys.stdin.read()
";

fn hold(shell: &Shell, thread: &str) -> Running {
    let mut holder = program("python3");
    holder.args(["-c", HOLD, &shell.id().to_string(), thread]);
    let mut holder = Running::start(holder.stdin(Stdio::piped()).stdout(Stdio::piped()));
    let mut line = [0; 5];
    let out = holder.stdout.as_mut().unwrap();
    std::io::Read::read_exact(out, &mut line).expect("the thread is held");
    holder
}

/// Holds a signing thread in the middle of a signature, beside clients who wait for theirs.
fn hold_at_work(place: &Place, shell: &Shell) -> (Running, Vec<JoinHandle<()>>) {
    for _ in 0..100 {
        let stop = Arc::new(AtomicBool::new(false));
        let client = |_| {
            let (socket, body, stop) = (place.socket(), super::request(), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    super::client::Client::put_once(&socket, "web01", &body).unwrap();
                }
            })
        };
        let clients: Vec<_> = (0..8).map(client).collect();
        std::thread::sleep(Duration::from_millis(50));
        let holder = hold(shell, "sign-0");
        stop.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(200));
        // The other thread may be busy for a moment with the self-test.
        let busy = || super::text(&page(place, "/metrics")).contains("sapi_sign_running 1.0");
        if (0..10).all(|_| busy()) {
            return (holder, clients);
        }
        drop(holder);
        clients
            .into_iter()
            .for_each(|client| client.join().unwrap());
    }
    panic!("the thread was never caught at work");
}

#[test]
fn a_stuck_signing_thread_is_neither_fed_nor_ready_though_another_one_signs() {
    let settings = "signing.threads = 2\nsigning.self_test_interval = \"900ms\"";
    let place = place(settings);
    // Signatures with this key take long enough to catch a thread at one.
    let ca = Authority::new().with_key(TestKey::p384());
    super::write_identity(place.path(), &ca);
    let manager = Manager::at(&place);
    // The process is undumpable: only root can take hold of a thread of it.
    let mut command = as_root(manager.command(&place).env("WATCHDOG_USEC", "900000"));
    let shell = Shell::start(&mut command);
    manager.hears();
    soon("ready", || page(&place, "/readyz").status == 200);

    let (holder, stuck) = hold_at_work(&place, &shell);
    soon("not ready", || page(&place, "/readyz").status == 503);
    let why = super::text(&page(&place, "/readyz"));
    assert_eq!(why, "no signature was made within the last 900ms\n");
    assert_eq!(page(&place, "/healthz").status, 200);
    while !manager.hears_during(Duration::from_millis(50)).is_empty() {}
    let said = manager.hears_during(Duration::from_secs(2));
    assert!(said.is_empty(), "{said:?}");
    assert!(
        shell.log().contains("a signing thread has been stuck for"),
        "{}",
        shell.log()
    );

    drop(holder);
    soon("ready again", || page(&place, "/readyz").status == 200);
    assert_eq!(manager.hears(), ["WATCHDOG=1"]);
    for client in stuck {
        client.join().unwrap();
    }
}

fn monotonic_microseconds() -> u128 {
    let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    uptime.tv_sec as u128 * 1_000_000 + uptime.tv_nsec as u128 / 1000
}
