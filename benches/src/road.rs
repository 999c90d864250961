//! The road in process: body in, certificate out, without HTTP and without a log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sapi::{
    CertRequest, Identity, Peer, Pipeline, Rejection, SigningContext, SigningHooks, Terms,
    Validity, Verdict, async_trait,
};

use crate::process::{Sample, cpu};

/// Grants all that is asked for.
#[derive(Debug)]
pub struct Grant;

#[async_trait]
impl SigningHooks for Grant {
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
        Ok(Verdict::Grant(terms))
    }
}

/// Sends these bodies down the road, 64 at a time, for a while.
///
/// # Panics
/// When one is refused.
#[must_use]
pub fn measure(identity: Identity, bodies: &[String], window: Duration) -> Sample {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let bodies: Arc<[String]> = bodies.into();
    runtime.block_on(async move {
        let pipeline = Pipeline::new(identity, Grant).unwrap();
        let (begun, before) = (Instant::now(), cpu(std::process::id()));
        let travellers: Vec<_> = (0..64)
            .map(|number| {
                let (pipeline, bodies) = (pipeline.clone(), Arc::clone(&bodies));
                tokio::spawn(async move {
                    let mut issued = 0;
                    while begun.elapsed() < window {
                        let body = &bodies[(number + issued) % bodies.len()];
                        let csr = CertRequest::from_pem(body.as_bytes()).unwrap();
                        let client = "web01".parse().unwrap();
                        let made = pipeline.issue(client, csr, Peer::local()).await;
                        std::hint::black_box(made.unwrap().pem().len());
                        issued += 1;
                    }
                    issued as u64
                })
            })
            .collect();
        let mut issued = 0;
        for traveller in travellers {
            issued += traveller.await.unwrap();
        }
        Sample::new(issued, cpu(std::process::id()) - before, begun.elapsed())
    })
}
