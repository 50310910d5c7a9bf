//! The answers to requests that fail, described once and named by each operation that can give
//! them.

use call_ribbon_shared::wire::Problem;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response,
    ResponseBuilder,
};

/// Status, name among the components, when it is given, and an example's code and sentence.
type Refusal = (u16, &'static str, &'static str, &'static str, &'static str);

const REFUSALS: [Refusal; 15] = [
    (
        400,
        "BadRequest",
        "The request cannot be understood: no JSON, a wrong type, a bad date, a page below 1. \
         `field` names what is wrong, where it is one field.",
        "invalid_request",
        "data.callSid is missing.",
    ),
    (
        401,
        "Unauthorized",
        "No key, one that is not known, or one that was revoked (`missing_api_key`, \
         `invalid_api_key`, `revoked_api_key`; for a ticket `invalid_ticket`; of a person \
         `session_ended`, and where one signs in `wrong_password`).",
        "invalid_api_key",
        "This API key is not valid.",
    ),
    (
        403,
        "Forbidden",
        "The key is known, but not good for this: `domain_not_allowed`, `scope_missing`, \
         `feature_not_in_plan`, `client_suspended`.",
        "scope_missing",
        "This API key lacks the scope \"read\".",
    ),
    (
        404,
        "NotFound",
        "There is no such thing, or it is another client's.",
        "not_found",
        "There is no such call.",
    ),
    (
        405,
        "MethodNotAllowed",
        "The address does not take this method; the header `Allow` says which it takes.",
        "method_not_allowed",
        "This address does not take this method.",
    ),
    (
        408,
        "RequestTimeout",
        "The body took too long to arrive.",
        "request_timeout",
        "The body took too long to arrive.",
    ),
    (
        409,
        "Conflict",
        "The state of things does not allow it, or an idempotency key came again with another \
         request.",
        "conflict",
        "The call is already over.",
    ),
    (
        413,
        "PayloadTooLarge",
        "The body is larger than one mebibyte.",
        "payload_too_large",
        "The body is larger than one mebibyte.",
    ),
    (
        415,
        "UnsupportedMediaType",
        "The body is not said to be JSON.",
        "unsupported_media_type",
        "The body must be JSON, with the header Content-Type: application/json.",
    ),
    (
        422,
        "UnprocessableEntity",
        "The telephone number cannot be dialed; `field` names where it stood.",
        "invalid_phone_number",
        "This number is too short.",
    ),
    (
        429,
        "TooManyRequests",
        "Too many requests for now (`rate_limited`, with the header `Retry-After`), or the month's \
         calls are used up (`monthly_limit_exceeded`; `resetsAt` says when they return).",
        "rate_limited",
        "Too many requests; try again in 1 s.",
    ),
    (
        500,
        "InternalServerError",
        "A mistake in the server. Never expected; the request's id finds it in the log.",
        "internal_error",
        "Something went wrong in the server.",
    ),
    (
        502,
        "ProviderError",
        "The telephony provider refused, or could not be reached; `detail` has its own words.",
        "provider_error",
        "The telephony provider refused this.",
    ),
    (
        503,
        "ServiceUnavailable",
        "The database is away, or too much waits for it. Nothing was half written; the header \
         `Retry-After` says when to come again.",
        "unavailable",
        "The server cannot reach its database just now; try again in a moment.",
    ),
    (
        504,
        "ProviderTimeout",
        "The telephony provider did not answer in time. Whether it did what was asked is not known.",
        "provider_timeout",
        "The telephony provider did not answer in time.",
    ),
];

/// The refusals as components, under their names.
pub fn components(components: ComponentsBuilder) -> ComponentsBuilder {
    REFUSALS
        .iter()
        .fold(components, |components, refusal| components.response(refusal.1, described(refusal)))
}

fn described(&(status, _, when, code, sentence): &Refusal) -> Response {
    let title = axum::http::StatusCode::from_u16(status).ok();
    let title = title.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let example = serde_json::json!({
        "type": "about:blank", "title": title, "status": status, "error": sentence, "code": code,
        "requestId": "req_0199d7d2c4fb7e0c8a52f3a1b9c0d7e6",
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(<Problem as utoipa::ToSchema>::name())))
        .example(Some(example))
        .build();
    let header = |kind: Type, what: &str| {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        HeaderBuilder::new().schema(Some(schema)).description(Some(what)).build()
    };
    let response = ResponseBuilder::new()
        .description(when)
        .content("application/problem+json", content)
        .header("X-Request-Id", header(Type::String, "The request's id, as in the server's log."));
    match status {
        429 | 503 => response
            .header("Retry-After", header(Type::Integer, "Seconds after which to come again.")),
        405 => response.header("Allow", header(Type::String, "The methods that are taken.")),
        _ => response,
    }
    .build()
}

fn named(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let refusals = REFUSALS.iter().filter(|(status, ..)| statuses.contains(status));
    refusals
        .map(|(status, name, ..)| (status.to_string(), Ref::from_response_name(*name).into()))
        .collect()
}

/// Declares sets of refusals that operations name among their responses.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)+;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    named(&[$($status),+])
                }
            }
        )+
    };
}

refusals! {
    /// Of any operation, also one that is open to everybody.
    Open: 400 405;
    /// Of an operation by an API key without a body.
    ByKey: 400 401 403 405 503;
    /// Of an operation by an API key with a body.
    ByBody: 400 401 403 405 408 413 415 503;
    /// Of an operation by the admin token without a body.
    ByAdmin: 400 401 403 405 503;
    /// Of an operation by the admin token with a body.
    ByAdminBody: 400 401 403 405 408 413 415 503;
    /// Of an operation by a dialer's key.
    ByDialer: 400 401 403 404 405 408 413 415 503;
    /// Of an operation by a telephony provider.
    ByProvider: 400 401 405 408 413 503;
    /// Of one that has a telephony provider do something.
    Provided: 502 504;
    /// Beside these, of an operation on one thing.
    NotFound: 404;
    /// Of one that the state of things can forbid.
    Conflict: 409;
    /// Of one that dials.
    Unprocessable: 422;
    /// Of one that is limited.
    TooMany: 429;
    /// Of one that is open, but needs the database.
    Unavailable: 503;
}
