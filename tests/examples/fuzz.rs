//! Around the fuzzer: `fuzz seeds FOLDER` writes seeds into `FOLDER/<target>/`, `fuzz slowest FOLDER`
//! runs every input found there and says which takes longest.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for a terminal"
)]

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sapi_tests::fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["seeds", folder] => {
            for target in &TARGETS {
                write_seeds(target, &Path::new(folder).join(target.name));
            }
            ExitCode::SUCCESS
        }
        ["slowest", folder] => {
            let slow = TARGETS
                .iter()
                .filter(|target| slowest(target, &Path::new(folder).join(target.name)) > LIMIT);
            ExitCode::from(u8::from(slow.count() > 0))
        }
        _ => {
            println!("fuzz seeds FOLDER | fuzz slowest FOLDER");
            ExitCode::from(64)
        }
    }
}

fn write_seeds(target: &Target, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (number, seed) in (target.seeds)().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:02}")), seed).unwrap();
    }
}

fn slowest(target: &Target, folder: &Path) -> Duration {
    let (mut longest, mut name, mut count) = (Duration::ZERO, String::new(), 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let input = fs::read(&path).unwrap();
        // A run may include one-time work, which is not the input's fault. The faster of two runs counts.
        let times = [(); 2].map(|()| {
            let begun = Instant::now();
            (target.run)(&input);
            begun.elapsed()
        });
        let time = times[0].min(times[1]);
        if time > longest {
            (longest, name) = (time, path.display().to_string());
        }
        count += 1;
    }
    println!(
        "{}: {count} inputs, the slowest {longest:?}: {name}",
        target.name
    );
    longest
}

const LIMIT: Duration = Duration::from_millis(100);
