//! A type that does not implement the trait.
struct Members;

fn main() {
    let _ = sapi::App::new().hook(Members);
}
