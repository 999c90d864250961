//! Moments counted in days, and commands that believe in them.

use std::process::Command;
use std::time::Duration;

use sapi_tests::program::{program, through};
use sapi_tests::tool::run;

/// A moment counted in days from the begin, in 2027.
pub(super) fn at(day: f64) -> Duration {
    Duration::from_secs_f64(1_800_000_000.0 + day * 86_400.0)
}

/// Lets a command believe that it is another time.
pub(super) fn dated(command: &mut Command, day: f64) -> Command {
    let mut faketime = program("faketime");
    faketime.arg("-f").arg(format!("@{}", utc(at(day))));
    let mut dated = through(faketime, command);
    dated.env("TZ", "UTC");
    dated
}

fn utc(moment: Duration) -> String {
    let date = format!("@{}", moment.as_secs());
    let mut command = program("date");
    let outcome = run(command.args(["--utc", "--date", &date, "+%F %T"])).expect(0);
    outcome.stdout.trim().to_owned()
}
