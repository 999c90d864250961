//! Many clients at once, until told to stop.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::client::{Answer, Client};

/// Clients that send one request after the other.
pub(super) struct Crowd {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    stop: AtomicBool,
    answered: AtomicUsize,
    faults: Mutex<Vec<String>>,
}

/// How the clients use connections.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    /// One for each request.
    Once,
    /// One for as long as it lasts.
    Keep,
}

impl Crowd {
    /// `check` looks at every answer and says what is wrong with it.
    pub(super) fn gather(
        clients: usize,
        manner: Manner,
        socket: &std::path::Path,
        check: impl Fn(&Answer) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            answered: AtomicUsize::new(0),
            faults: Mutex::default(),
        });
        let check = Arc::new(check);
        let body = Arc::new(super::request());
        let start = |number: usize| {
            let (shared, check, body) =
                (Arc::clone(&shared), Arc::clone(&check), Arc::clone(&body));
            let socket = socket.to_path_buf();
            let live = move || shared.live(number, manner, &socket, &body, &*check);
            thread::Builder::new()
                .stack_size(256 * 1024)
                .spawn(live)
                .unwrap()
        };
        let threads = (0..clients).map(start).collect();
        Self { shared, threads }
    }

    pub(super) fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::Relaxed)
    }

    /// Waits for this many more answers.
    #[track_caller]
    pub(super) fn wait_for(&self, more: usize) {
        let goal = self.answered() + more;
        super::soon("the crowd is answered", || {
            self.answered() >= goal || self.faulty()
        });
    }

    fn faulty(&self) -> bool {
        !self.shared.faults.lock().unwrap().is_empty()
    }

    /// The number of answered requests, and every fault.
    pub(super) fn leave(self) -> (usize, Vec<String>) {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        let faults = self.shared.faults.lock().unwrap().clone();
        (self.shared.answered.load(Ordering::Relaxed), faults)
    }
}

impl Shared {
    fn live(
        &self,
        number: usize,
        manner: Manner,
        socket: &Path,
        body: &str,
        check: &dyn Fn(&Answer) -> Result<(), String>,
    ) {
        let name = format!("crowd{number}");
        let mut kept: Option<Client> = None;
        while !self.stop.load(Ordering::Relaxed) {
            let answer = match manner {
                Manner::Once => Client::put_once(socket, &name, body),
                Manner::Keep => {
                    let client = kept.take().map_or_else(|| Client::connect(socket), Ok);
                    client.and_then(|mut client| {
                        let answer = client.put(&name, body)?;
                        kept = (!answer.last).then_some(client);
                        Ok(answer)
                    })
                }
            };
            let checked = answer
                .map_err(|error| error.to_string())
                .and_then(|answer| check(&answer));
            match checked {
                Ok(()) => {
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                Err(fault) => {
                    self.faults.lock().unwrap().push(fault);
                    // Do not ask a broken server a million times.
                    thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }
}

/// The answer is a certificate.
pub(super) fn is_200(answer: &Answer) -> Result<(), String> {
    if answer.status == 200 {
        return Ok(());
    }
    Err(format!("{answer:?}"))
}
