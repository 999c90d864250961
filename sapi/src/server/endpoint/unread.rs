//! An answer to a request whose body was not read to its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::{Bytes, Payload};

/// Keeps what is left of the request's body for as long as the answer is written. Only then does
/// actix-http see that it was not read, and closes the connection; dropped before, it would read chunks
/// without end, for ever.
pub(crate) fn keep(payload: Payload, answer: HttpResponse) -> HttpResponse {
    let kept = answer.map_body(|_, body| Kept {
        body,
        _payload: payload,
    });
    kept.map_into_boxed_body()
}

struct Kept {
    body: BoxBody,
    _payload: Payload,
}

impl MessageBody for Kept {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(task)
    }
}
