//! The operator's pages: `/healthz`, `/readyz` and `/metrics`.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Data};

use super::metrics;
use super::readiness::unready;
use super::view::View;

pub(crate) fn configure(view: Data<View>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |service| {
        service
            .app_data(view)
            .service(web::resource("/healthz").get(healthz).head(healthz))
            .service(web::resource("/readyz").get(readyz).head(readyz))
            .service(web::resource("/metrics").get(show_metrics));
    }
}

/// Says only that the process answers.
async fn healthz() -> HttpResponse {
    text(HttpResponse::Ok(), "ok\n".into())
}

/// Whether requests should be sent here.
async fn readyz(view: Data<View>) -> HttpResponse {
    let fault = match view.endpoint.get() {
        None => Some("starting: identity and hooks are not ready yet".into()),
        Some(endpoint) => unready(endpoint, SystemTime::now()),
    };
    match fault {
        None => text(HttpResponse::Ok(), "ready\n".into()),
        Some(why) => text(HttpResponse::ServiceUnavailable(), format!("{why}\n")),
    }
}

async fn show_metrics(view: Data<View>) -> HttpResponse {
    let endpoint = view.endpoint.get().map(|found| found.clone().into_inner());
    match metrics::render(endpoint) {
        Ok(body) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, OPEN_METRICS))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(body),
        Err(error) => {
            tracing::error!("the metrics cannot be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn text(mut response: actix_web::HttpResponseBuilder, body: String) -> HttpResponse {
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(body)
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
