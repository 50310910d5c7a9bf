//! The live stream: `GET /api/ribbon/events` and the ticket to it.

use super::auth::{Keyed, Listens, Read};
use super::problem::Problem;
use crate::app::App;
use crate::live::Listener;
use crate::services::sessions;
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

/// How often a silent stream shows that it is alive, so that nobody between cuts it off.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

/// Follows the client's events, from where the listener was last.
pub async fn stream(
    State(app): State<Arc<App>>,
    caller: Listens,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let from = last_event_id(&headers, query.as_deref().unwrap_or_default())?.or(caller.position);
    let listener = Listener::new(Arc::clone(&app), caller.client_id, caller.agent_id, from).await?;
    let opening = Event::default().retry(COME_BACK_AFTER);
    let events = stream::unfold(listener, async |mut listener| {
        let told = listener.next().await?;
        let event = Event::default().event("call").id(told.seq.to_string()).data(&told.json);
        Some((event, listener))
    });
    let stop = app.stop.clone();
    let events = stream::iter([opening])
        .chain(events)
        .take_until(stop.cancelled_owned())
        .map(Ok::<_, Infallible>);
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    // A proxy that gathers answers would hold events back.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// A ticket to all of the client's events: `GET /api/ribbon/events/ticket`.
pub async fn ticket(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<EventsUrl>, Problem> {
    Ok(Json(sessions::whole_feed(&app, &caller.client).await?))
}

/// Where the listener was last: the header that a browser sends when it comes back by itself,
/// or `lastEventId` in the query for a page that opens the stream anew.
fn last_event_id(headers: &HeaderMap, query: &str) -> Result<Option<i64>, Problem> {
    let header = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let named = query.split('&').find_map(|field| field.strip_prefix("lastEventId="));
    let Some(id) = header.or(named).filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    id.parse()
        .map(Some)
        .map_err(|_| Problem::invalid("lastEventId", "The last event's id must be a whole number."))
}
