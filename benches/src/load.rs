//! A load generator: N connections kept alive, requests made beforehand, one thread.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use serde::{Deserialize, Serialize};

use crate::process::thread_cpu;

/// The load: what to send, and how.
#[derive(Debug, Serialize, Deserialize)]
pub struct Plan {
    /// `unix:/path` or `address:port`.
    pub to: String,
    /// Whole requests of HTTP, sent in turn.
    pub requests: Vec<Vec<u8>>,
    /// Connections, kept alive.
    pub connections: usize,
    /// How long to send.
    pub window: Duration,
    /// Requests in a second, whether or not the answers keep up; without it each connection sends the
    /// next request when it has the last answer.
    pub rate: Option<f64>,
    /// The most requests to send.
    pub most: Option<u64>,
    /// The status that every answer must have.
    pub status: u16,
}

/// The results. Times are in microseconds; in an open loop they count from when a request was due.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Answers, all of the wanted status.
    pub answers: u64,
    /// From the first request to the last answer, in seconds.
    pub seconds: f64,
    /// The generator's own CPU time, in seconds.
    pub cpu: f64,
    /// Half of the answers were faster.
    pub p50: f64,
    /// One in a hundred was slower.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

/// Sends and waits for the last answer.
///
/// # Panics
/// When the server closes a connection, or answers with another status.
#[must_use]
pub fn run(plan: &Plan) -> Report {
    let (begun, cpu) = (Instant::now(), thread_cpu());
    let mut driver = Driver::connect(plan);
    while driver.go_on() {}
    let seconds = begun.elapsed().as_secs_f64();
    let mut times = driver.times;
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times
            .get(place.min(times.len().saturating_sub(1)))
            .map_or(f64::NAN, |t| *t as f64 / 1e3)
    };
    Report {
        answers: times.len() as u64,
        seconds,
        cpu: (thread_cpu() - cpu).as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        max: at(1.0),
    }
}

struct Driver<'a> {
    plan: &'a Plan,
    epoll: std::os::fd::OwnedFd,
    connections: Vec<Connection>,
    idle: Vec<usize>,
    begun: Instant,
    sent: u64,
    /// Nanoseconds.
    times: Vec<u64>,
}

struct Connection {
    stream: Box<dyn Stream>,
    since: Instant,
    answer: Vec<u8>,
}

impl<'a> Driver<'a> {
    fn connect(plan: &'a Plan) -> Self {
        let epoll = epoll::create(CreateFlags::CLOEXEC).unwrap();
        let begun = Instant::now();
        let connect = |number| {
            let stream = connect(&plan.to);
            let data = EventData::new_u64(number as u64);
            epoll::add(&epoll, stream.fd(), data, EventFlags::IN).unwrap();
            let (since, answer) = (begun, Vec::with_capacity(16 * 1024));
            Connection {
                stream,
                since,
                answer,
            }
        };
        Self {
            connections: (0..plan.connections).map(connect).collect(),
            idle: (0..plan.connections).collect(),
            epoll,
            plan,
            begun: Instant::now(),
            sent: 0,
            times: Vec::new(),
        }
    }

    /// Sends what is due, then waits for answers. False once all is over.
    fn go_on(&mut self) -> bool {
        let due = self.send_due();
        if due.is_none() && self.idle.len() == self.connections.len() {
            return false;
        }
        let now = Instant::now();
        let wait = match due {
            Some(due) if !self.idle.is_empty() => due.saturating_duration_since(now),
            _ => Duration::from_secs(30),
        };
        let timeout = Timespec {
            tv_sec: wait.as_secs() as _,
            tv_nsec: wait.subsec_nanos() as _,
        };
        let mut events = Vec::with_capacity(64);
        let ready = epoll::wait(
            &self.epoll,
            rustix::buffer::spare_capacity(&mut events),
            Some(&timeout),
        );
        match ready {
            Ok(0) if due.is_none() => panic!("no answer for 30 seconds"),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("epoll: {error}"),
        }
        for event in &events {
            self.read(event.data.u64() as usize);
        }
        true
    }

    /// Sends on idle connections. Returns when the next request is due, if one will come.
    fn send_due(&mut self) -> Option<Instant> {
        loop {
            let now = Instant::now();
            let due = match self.plan.rate {
                Some(rate) => self.begun + Duration::from_secs_f64(self.sent as f64 / rate),
                None => now,
            };
            let enough = self.plan.most.is_some_and(|most| self.sent >= most);
            if enough || due.duration_since(self.begun) >= self.plan.window {
                return None;
            }
            if due > now || self.idle.is_empty() {
                return Some(due);
            }
            let place = self.idle.pop()?;
            let connection = &mut self.connections[place];
            let request = &self.plan.requests[self.sent as usize % self.plan.requests.len()];
            connection.since = due;
            connection.answer.clear();
            // A request fits into the socket's buffer, so it is written whole.
            connection.stream.write_all(request).unwrap();
            self.sent += 1;
        }
    }

    fn read(&mut self, place: usize) {
        let connection = &mut self.connections[place];
        let mut piece = [0; 16 * 1024];
        match connection.stream.read(&mut piece) {
            Ok(0) => panic!("the server has closed a connection"),
            Ok(length) => connection.answer.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
        if is_whole(&connection.answer, self.plan.status) {
            self.times
                .push(connection.since.elapsed().as_nanos() as u64);
            self.idle.push(place);
        }
    }
}

/// Whether the answer has arrived in full.
fn is_whole(answer: &[u8], status: u16) -> bool {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end]);
    let given: Option<u16> = head.get(9..12).and_then(|text| text.parse().ok());
    assert_eq!(given, Some(status), "{}", String::from_utf8_lossy(answer));
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    };
    let Some(length) = head.lines().find_map(field) else {
        // The body comes in chunks; the last one is empty.
        return answer.ends_with(b"0\r\n\r\n");
    };
    let length: usize = length;
    answer.len() >= end + 4 + length
}

trait Stream: Read + Write {
    fn fd(&self) -> BorrowedFd<'_>;
}

impl<T: Read + Write + AsFd> Stream for T {
    fn fd(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

fn connect(to: &str) -> Box<dyn Stream> {
    if let Some(path) = to.strip_prefix("unix:") {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_nonblocking(true).unwrap();
        return Box::new(stream);
    }
    let stream = TcpStream::connect(to).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_nonblocking(true).unwrap();
    Box::new(stream)
}
