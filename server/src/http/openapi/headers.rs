//! Headers that operations take beside the key. They exist in the document only: extractors read
//! them.

use utoipa::IntoParams;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};

/// The header that makes a request safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the document")]
pub struct IdempotencyKey {
    /// The sender's name for what is asked for: the same again has no second effect. Of many
    /// events, each is named by this and its place.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 200,
        pattern = r"^[!-~]([\t -~]*[!-~])?$",
        example = "order-1042"
    )]
    idempotency_key: Option<String>,
}

/// Where a listener to the live stream was last, by the header that a browser sends when it comes
/// back by itself.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the document")]
pub struct LastEventId {
    /// The last event that was seen; the stream goes on after it.
    #[param(rename = "Last-Event-ID", schema_with = place_in_feed, example = 41)]
    last_event_id: Option<String>,
}

/// The same, for a page that opens the stream anew and can send no header.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the field in the document")]
pub struct LastEventIdInLink {
    /// The last event that was seen; the stream goes on after it.
    #[param(rename = "lastEventId", schema_with = place_in_feed, example = 41)]
    last_event_id: Option<String>,
}

/// A number of an event; one beyond all that there are has nothing after it.
fn place_in_feed() -> Schema {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).into()
}
