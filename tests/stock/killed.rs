//! Several instances on the same files, killed in the middle of their work.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use sapi::SerialNumber;

use super::*;
use sapi_tests::running::Running;

/// Each round ends at another moment. A failure can be repeated by its number.
const ROUNDS: u64 = 6;

#[test]
fn nothing_that_a_client_has_is_missing_after_kill_9() {
    let place = place(&[
        APPROVALS,
        JOURNAL,
        "hooks.approvals.max_pending = 100000\nhooks.approvals.max_pending_per_client = 100000\n",
        "hooks.auto_approve.folder = \"HERE/counts\"\n",
        "hooks.auto_approve.rules.all.client = \"auto*\"\nhooks.auto_approve.rules.all.validity = \"1h\"\n",
        "hooks.auto_approve.rules.few.client = \"few*\"\nhooks.auto_approve.rules.few.validity = \"1h\"\n",
        "hooks.auto_approve.rules.few.first = 5\nhooks.auto_approve.rules.few.subject.CN = \"*\"\n",
    ]);
    let folder = place.path();
    let requests = ["auto1", "few1", "wait1"]
        .map(|client| request(folder, client, &format!("/CN={client}"), ""));
    let handed_out = Mutex::new(HashSet::new());
    let pending = Mutex::new(HashSet::new());
    let few = Mutex::new(HashSet::new());
    for round in 0..ROUNDS {
        let sockets = [0, 1].map(|instance| place.file(&format!("{instance}.sock")));
        let shells = sockets.each_ref().map(|socket| {
            let mut command = place.command("sapi-hooks-example", "serve");
            command.env("SAPI_LISTEN", format!("unix:{}", socket.display()));
            Shell::start(&mut command)
        });
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for worker in 0..4_usize {
                let (shell, over) = (&shells[worker % 2], &over);
                let (handed_out, pending, few, requests) = (&handed_out, &pending, &few, &requests);
                scope.spawn(move || {
                    for number in worker.. {
                        if over.load(Ordering::Acquire) {
                            break;
                        }
                        let kind = number % 3;
                        let client = match kind {
                            0 => "auto1".to_owned(),
                            1 => format!("few{round}x{worker}x{number}"),
                            _ => format!("wait{round}x{worker}x{number}"),
                        };
                        let Some((status, body)) = send(shell, &client, &requests[kind]) else {
                            break;
                        };
                        match (kind, status) {
                            (0 | 1, 200) => {
                                let json: serde_json::Value = serde_json::from_str(&body).unwrap();
                                let serial = json["serial_number"].as_str().unwrap().to_owned();
                                handed_out.lock().unwrap().insert(serial);
                                if kind == 1 {
                                    few.lock().unwrap().insert(client);
                                }
                            }
                            // The rule has approved its few already: the others wait as everybody does.
                            (1 | 2, 202) => {
                                pending.lock().unwrap().insert(client);
                            }
                            other => panic!("{other:?}: {body}"),
                        }
                    }
                });
            }
            // Kill only when something is under way.
            let before = handed_out.lock().unwrap().len();
            while handed_out.lock().unwrap().len() < before + 8 {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_micros(700 * round));
            shells[0].signal(Signal::KILL);
            thread::sleep(Duration::from_micros(900 * round));
            shells[1].signal(Signal::KILL);
            over.store(true, Ordering::Release);
        });
    }
    // Verify by reading alone, and again after the next writer has mended the files.
    tool(&place, "ca_journal", "verify", &[]).expect(0);
    let shell = serve(&place);
    let summary = json(tool(&place, "ca_journal", "verify", &["--json"]));
    assert_eq!(
        (&summary["unfinished"], &summary["index_behind"]),
        (&0.into(), &false.into())
    );
    let handed_out = handed_out.into_inner().unwrap();
    assert!(handed_out.len() >= 8 * usize::try_from(ROUNDS).unwrap());
    let journal = sapi_stock::Journal::read_only(&place.file("journal")).unwrap();
    let known: HashSet<SerialNumber> = journal
        .find(|_| true)
        .unwrap()
        .into_iter()
        .map(|record| record.issued.serial)
        .collect();
    for serial in &handed_out {
        assert!(known.contains(&serial.parse().unwrap()), "{serial} is lost");
    }
    // Every client that was told to wait is waiting, once.
    let waiting = json(tool(&place, "ca_approve", "list", &["--json"]));
    let waiting: Vec<_> = waiting
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["client"].as_str().unwrap().to_owned())
        .collect();
    let once: HashSet<_> = waiting.iter().cloned().collect();
    assert_eq!(once.len(), waiting.len());
    let pending = pending.into_inner().unwrap();
    for client in &pending {
        assert!(once.contains(client), "{client} is lost");
    }
    // Nobody is turned away before the few are complete, and the rule never approves more.
    let counted = std::fs::read_to_string(place.file("counts/few.count")).unwrap();
    let count = counted.lines().count();
    let turned_away = pending.iter().any(|client| client.starts_with("few"));
    assert!(count == 5 || (count < 5 && !turned_away), "{counted}");
    for client in few.into_inner().unwrap() {
        assert!(counted.contains(&client), "{client} was not counted");
    }
    drop(shell);
}

#[test]
fn a_decision_is_made_or_not_when_the_tool_is_killed() {
    let place = place(&[APPROVALS, "hooks.approvals.max_pending_per_client = 100\n"]);
    let shell = serve(&place);
    let clients: Vec<_> = (0..12).map(|number| format!("web{number}")).collect();
    let csr = request(place.path(), "any", "/CN=any", "");
    for client in &clients {
        assert_eq!(put(&shell, client, &csr, &[]).status, 202);
    }
    for (number, client) in clients.iter().enumerate() {
        let mut command = std::process::Command::new(binary("ca_approve"));
        command
            .args(["approve", client, "--config"])
            .arg(place.file("sapi.toml"));
        let decision = Running::start(command.stdout(std::process::Stdio::null()));
        thread::sleep(Duration::from_micros(1200 * number as u64));
        drop(decision);
    }
    let rows = json(tool(&place, "ca_approve", "list", &["--all", "--json"]));
    assert_eq!(rows.as_array().unwrap().len(), clients.len());
    for row in rows.as_array().unwrap() {
        let client = row["client"].as_str().unwrap();
        let status = put(&shell, client, &csr, &[]).status;
        match row["state"].as_str().unwrap() {
            "pending" => assert_eq!(status, 202, "{client}"),
            "approved" => assert_eq!(status, 200, "{client}"),
            other => panic!("{client}: {other}"),
        }
        // Nothing blocks the next decision.
        tool(&place, "ca_approve", "reject", &[client, "--reason", "no"]).expect(0);
        assert_eq!(put(&shell, client, &csr, &[]).status, 403, "{client}");
    }
}

/// Status and body; `None` once the instance is dead.
fn send(shell: &Shell, client: &str, csr: &Path) -> Option<(u16, String)> {
    let mut command = shell.curl_command(&format!("/api/csr/{client}"));
    let outcome = run(command
        .arg("-T")
        .arg(csr)
        .args(["-s", "-w", "\n%{http_code}"]));
    let text = outcome.stdout;
    let (rest, status) = text.trim_end().rsplit_once('\n')?;
    let status: u16 = status.parse().ok()?;
    let body = rest.rsplit_once("\r\n\r\n").map_or(rest, |(_, body)| body);
    // An answer that was cut off is not an answer.
    (outcome.code == Some(0) && status != 0).then(|| (status, body.to_owned()))
}
