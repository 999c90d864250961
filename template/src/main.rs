//! A certificate authority. Its policy is in `policy.rs`; everything else is sapi's.

mod policy;

fn main() -> std::process::ExitCode {
    sapi::App::new()
        .hook_with(|boot| policy::Policy::new(&boot.settings("policy")?))
        .run()
}
