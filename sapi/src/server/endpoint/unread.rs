//! An answer to a request whose body was not read to its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::{Bytes, Payload};

/// Keeps the rest of the request's body until the answer is written. actix-http then sees that the body
/// was not read, and closes the connection. If the body were dropped earlier, actix-http would go on reading
/// its chunks for ever.
pub(crate) fn keep(payload: Payload, answer: HttpResponse) -> HttpResponse {
    let kept = answer.map_body(|_, body| UnreadBody {
        body,
        _payload: payload,
    });
    kept.map_into_boxed_body()
}

struct UnreadBody {
    body: BoxBody,
    _payload: Payload,
}

impl MessageBody for UnreadBody {
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
