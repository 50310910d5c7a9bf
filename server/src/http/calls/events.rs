//! The live stream: `GET /api/ribbon/events` and the ticket to it.

use super::logs::whole;
use crate::app::App;
use crate::http::openapi::{ByKey, LastEventId, LastEventIdInLink};
use crate::http::request::auth::{Keyed, Listens, Read};
use crate::http::request::problem::Problem;
use crate::live::Listener;
use crate::metrics::Held;
use crate::services::calls::ribbon_init;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use call_ribbon_shared::wire::EventsUrl;
use futures_util::{StreamExt as _, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// How often a silent stream shows that it is alive, so that nobody between cuts it off.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

/// One message of the stream, as a browser hands it over. It exists in the document only.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the stream's own type writes it")]
pub struct CallMessage {
    /// What kind of message it is.
    #[schema(pattern = "^call$", examples("call"))]
    event: String,
    /// Its place in the client's feed, with which a listener comes back.
    #[schema(pattern = "^[0-9]+$", examples("42"))]
    id: String,
    /// A `CallEvent`, as JSON.
    #[schema(schema_with = event_as_text)]
    data: String,
}

fn event_as_text() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .content_media_type("application/json")
        .description(Some("A `CallEvent`, as JSON."))
        .build()
}

/// The live stream
///
/// Server-sent events named `call`; the data of each is a `CallEvent`, its id the place in the
/// client's feed. A listener that comes back with `Last-Event-ID` misses nothing. A silent stream
/// shows every 15 seconds that it is alive.
#[utoipa::path(
    get,
    path = "/api/ribbon/events",
    operation_id = "events",
    tag = "Calls",
    params(LastEventId, LastEventIdInLink),
    responses(
        (status = 200, description = "The stream, which stays open.", body = CallMessage, content_type = "text/event-stream"),
        ByKey,
    ),
    security(("ticket" = []), ("apiKey" = [])),
)]
pub async fn stream(
    State(app): State<Arc<App>>,
    caller: Listens,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let from = last_event_id(&headers, query.as_deref().unwrap_or_default())?.or(caller.position);
    let admission = app.admissions.enter(&caller.client_id, &caller.pass);
    let listener = Listener::new(Arc::clone(&app), caller.client_id, caller.agent_id, from).await?;
    let opening = Event::default().retry(COME_BACK_AFTER);
    let events = stream::unfold(listener, async |mut listener| {
        let told = listener.next().await?;
        let event = Event::default().event("call").id(told.seq.to_string()).data(&told.json);
        Some((event, listener))
    });
    let stop = app.stop.clone();
    let lasts = app.config.limits.stream_timeout();
    let open = Held::new(&app.metrics.live_streams);
    let events = stream::iter([opening])
        .chain(events)
        .take_until(stop.cancelled_owned())
        .take_until(admission.over().cancelled_owned())
        .take_until(async move {
            match lasts {
                Some(lasts) => tokio::time::sleep(lasts).await,
                None => std::future::pending().await,
            }
        })
        .map(move |event| {
            // Both are held for as long as the stream is there.
            let _ = (&open, &admission);
            Ok::<_, Infallible>(event)
        });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    // A proxy that gathers answers would hold events back.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// A ticket to the live stream
///
/// To all of the client's events, for a dashboard; an agent's page has its own from `init`.
#[utoipa::path(
    get,
    path = "/api/ribbon/events/ticket",
    operation_id = "eventsTicket",
    tag = "Calls",
    responses(
        (status = 200, description = "Where to open the stream.", body = EventsUrl),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn ticket(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<EventsUrl>, Problem> {
    Ok(Json(ribbon_init::whole_feed(&app, &caller.client, caller.pass).await?))
}

/// Where the listener was last: the header that a browser sends when it comes back by itself,
/// or `lastEventId` in the query for a page that opens the stream anew.
fn last_event_id(headers: &HeaderMap, query: &str) -> Result<Option<i64>, Problem> {
    let header = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let named = query.split('&').find_map(|field| field.strip_prefix("lastEventId="));
    let read = |id: Option<&str>| {
        let sentence = "The last event's id must be a whole number.";
        let id = id.filter(|id| !id.is_empty());
        id.map(|id| whole(id).ok_or_else(|| Problem::invalid("lastEventId", sentence))).transpose()
    };
    // Both are looked at, so that what is wrong is told whichever counts.
    let (header, named) = (read(header)?, read(named)?);
    Ok(header.or(named))
}
