//! Describes the headers that operations take beside the key. These types exist in the document
//! only: extractors read the headers.

use utoipa::IntoParams;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};

/// The header that makes a request safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the document")]
pub struct IdempotencyKey {
    /// The sender's id for the request: repeating it has no second effect. If the body holds many
    /// events, each is identified by this and its position.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 200,
        pattern = r"^[!-~]([\t -~]*[!-~])?$",
        example = "order-1042"
    )]
    idempotency_key: Option<String>,
}

/// The position at which a listener to the live stream resumes, in the header that a browser sends
/// when it reconnects automatically.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the document")]
pub struct LastEventId {
    /// The last event that was received; the stream continues after it.
    #[param(rename = "Last-Event-ID", schema_with = place_in_feed, example = 41)]
    last_event_id: Option<String>,
}

/// The same, for a page that opens a new stream and cannot send a header.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the field in the document")]
pub struct LastEventIdInLink {
    /// The last event that was received; the stream continues after it.
    #[param(rename = "lastEventId", schema_with = place_in_feed, example = 41)]
    last_event_id: Option<String>,
}

/// Describes an event's number; after one beyond the end of the feed nothing follows.
fn place_in_feed() -> Schema {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).into()
}
