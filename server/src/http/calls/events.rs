//! Handlers for the live stream, `GET /api/ribbon/events`, and for tickets to it.

use crate::app::App;
use crate::http::openapi::{ByKey, LastEventId, LastEventIdInLink};
use crate::http::request::auth::{Keyed, OwnOrTeamRead, StreamListener};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::read_whole;
use crate::live::{ListenedAgents, Listener};
use crate::metrics::GaugeGuard;
use crate::services::access::admission::{StreamLimits, TooManyStreams};
use crate::services::access::teams;
use crate::services::calls::ribbon_init::{self, TicketHolder};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use call_ribbon_shared::wire::EventsUrl;
use futures_util::{StreamExt as _, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// How often a silent stream sends a heartbeat: no proxy closes it as idle, and a listener that gets
/// none knows that the connection is lost.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long a browser waits before it reconnects.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);
/// Seconds after which a stream that was one too many may be opened again.
const RETRY_AFTER: u64 = 10;

/// One message of the stream, as the browser receives it. It exists in the document only.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the stream's own type writes it")]
pub struct CallMessage {
    /// The kind of message.
    #[schema(pattern = "^(call|updated|ping)$", examples("call"))]
    event: String,
    /// The position of a `call` in the client's feed, from which a listener resumes.
    #[schema(nullable = false, pattern = "^[0-9]+$", examples("42"))]
    id: Option<String>,
    /// A `CallEvent`, or a `CallUpdate` in a message of the kind `updated`, as JSON.
    #[schema(schema_with = event_as_text)]
    data: String,
}

fn event_as_text() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .content_media_type("application/json")
        .description(Some(
            "A `CallEvent`, or a `CallUpdate` in a message of the kind `updated`, as JSON.",
        ))
        .build()
}

/// Listen to the live stream
///
/// Server-sent events named `call`; the data of each is a `CallEvent`, its id the position in the
/// client's feed. A listener that reconnects with `Last-Event-ID` misses none of them. Events named
/// `updated` say that notes, outcome or follow-up of a call were saved: their data is a
/// `CallUpdate`, they have no id, and come only while a listener is connected. A silent stream sends
/// an event named `ping`, without data of interest, every 10 seconds.
#[utoipa::path(
    get,
    path = "/api/ribbon/events",
    operation_id = "events",
    tag = "Calls",
    params(LastEventId, LastEventIdInLink),
    responses(
        (status = 200, description = "The stream, which stays open until the client closes it.", body = CallMessage, content_type = "text/event-stream"),
        ByKey,
    ),
    security(("ticket" = []), ("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn stream_events(
    State(app): State<Arc<App>>,
    caller: StreamListener,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let from = last_event_id(&headers, query.as_deref().unwrap_or_default())?.or(caller.position);
    let limits = &app.config.limits;
    let limits =
        StreamLimits { of_credential: limits.streams_per_key(), in_all: Some(limits.streams()) };
    let admission = app
        .admissions
        .register_stream(&caller.client_id, &caller.credential, limits)
        .map_err(|why| too_many_streams(&app, why))?;
    let store = Arc::clone(&app.store);
    let team = match &caller.agents {
        ListenedAgents::Some(agents) => Some(Arc::clone(agents)),
        ListenedAgents::All | ListenedAgents::One(_) => None,
    };
    // The listener opens the stream again, which then has the agents whom the person sees now.
    let teams_changed = teams::wait_for_change(
        Arc::clone(&store),
        caller.client_id.clone(),
        caller.credential,
        team,
    );
    let listener = Listener::new(&app.hub, store, caller.client_id, caller.agents, from).await?;
    let opening = Event::default().retry(COME_BACK_AFTER);
    let events = stream::unfold(listener, async |mut listener| {
        let told = listener.next().await?;
        let event = match told.seq {
            Some(seq) => Event::default().event("call").id(seq.to_string()),
            None => Event::default().event("updated"),
        };
        Some((event.data(&told.json), listener))
    });
    let stop = app.background.stop_token().clone();
    let lasts = app.config.limits.stream_timeout();
    let open = GaugeGuard::new(&app.metrics.live_streams);
    let events = stream::iter([opening])
        .chain(events)
        .take_until(stop.cancelled_owned())
        .take_until(admission.end_token().cancelled_owned())
        .take_until(teams_changed)
        .take_until(async move {
            match lasts {
                Some(lasts) => tokio::time::sleep(lasts).await,
                None => std::future::pending().await,
            }
        })
        .map(move |event| {
            // Both are held until the stream ends.
            let _ = (&open, &admission);
            Ok::<_, Infallible>(event)
        });
    let keep_alive =
        KeepAlive::new().interval(HEARTBEAT).event(Event::default().event("ping").data("{}"));
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    for (name, value) in [
        // A proxy that buffers answers would delay events.
        (HeaderName::from_static("x-accel-buffering"), "no"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Returns the error for one stream too many.
fn too_many_streams(app: &App, why: TooManyStreams) -> Problem {
    app.metrics.count_rate_limited("streams");
    match why {
        TooManyStreams::OfCredential(most) => {
            let sentence = format!(
                "{most} live streams are open with this key, which is the most allowed; close \
                 some, or try again later."
            );
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", sentence)
                .retry_after(RETRY_AFTER)
        }
        TooManyStreams::InAll => {
            let sentence = "The server has as many live streams open as it may have; try again in \
                            a moment.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", sentence)
        }
    }
}

/// Get a ticket to the live stream
///
/// With a session it is valid for the events of the session's agent, as the one that `init` returns;
/// for a key with the scope `read` without a session, for all of the client's events.
#[utoipa::path(
    get,
    path = "/api/ribbon/events/ticket",
    operation_id = "eventsTicket",
    tag = "Calls",
    responses(
        (status = 200, description = "The URL of the stream.", body = EventsUrl),
        ByKey,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn create_ticket(
    State(app): State<Arc<App>>,
    caller: Keyed<OwnOrTeamRead>,
) -> Result<Json<EventsUrl>, Problem> {
    let listener = TicketHolder {
        // The stream finds a supervisor's teams by the credential.
        agent_id: match caller.reach.team() {
            Some(_) => None,
            None => caller.reach.only_agent()?.map(str::to_owned),
        },
        proven: caller.reach.session().is_some_and(|session| session.proven),
        hides_numbers: caller.reach.session().is_some_and(|session| session.hides_numbers),
        credential: caller.credential,
    };
    let (store, signer) = (&app.store, &app.token_signer);
    let ticket = ribbon_init::feed_ticket(store, signer, &caller.client, listener, app.now());
    Ok(Json(ticket.await?))
}

/// Returns the listener's last event: from the header that a browser sends when it reconnects, or
/// from `lastEventId` in the query, for a page that opens a new stream.
fn last_event_id(headers: &HeaderMap, query: &str) -> Result<Option<i64>, Problem> {
    let header = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let named = query.split('&').find_map(|field| field.strip_prefix("lastEventId="));
    let read = |id: Option<&str>| {
        let sentence = "The last event's id must be a whole number.";
        let id = id.filter(|id| !id.is_empty());
        id.map(|id| read_whole(id).ok_or_else(|| Problem::invalid("lastEventId", sentence)))
            .transpose()
    };
    // Both are read, so that an error is reported whichever of them counts.
    let (header, named) = (read(header)?, read(named)?);
    Ok(header.or(named))
}
