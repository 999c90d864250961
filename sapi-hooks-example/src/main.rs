//! Example shell.
struct All;
#[sapi::async_trait]
impl sapi::SigningHooks for All {
    async fn authorize(
        &self,
        cx: &mut sapi::SigningContext,
    ) -> Result<sapi::Verdict, sapi::Rejection> {
        Ok(sapi::Verdict::Grant(
            sapi::Terms::valid_for(sapi::Validity::days(1)).with_requested_names(cx.csr()),
        ))
    }
}
fn main() -> std::process::ExitCode {
    sapi::App::new().hook(All).run()
}
