//! A certificate authority. Its policy is in `policy.rs`; sapi does everything else.

mod policy;

fn main() -> std::process::ExitCode {
    sapi::App::new()
        .hook_with(|boot| policy::Policy::new(&boot.settings("policy")?))
        .run()
}
