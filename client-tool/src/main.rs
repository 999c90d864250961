//! `sapi-client`: gets a machine's certificate and keeps it fresh.

mod tool;

fn main() -> std::process::ExitCode {
    tool::run()
}
