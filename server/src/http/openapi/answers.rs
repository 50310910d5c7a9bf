//! Describes the error responses once, for the operations to refer to.

use call_ribbon_shared::wire::Problem;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response,
    ResponseBuilder,
};

/// Status, component name, description, and the code and sentence of an example.
type ErrorResponse = (u16, &'static str, &'static str, &'static str, &'static str);

const REFUSALS: [ErrorResponse; 15] = [
    (
        400,
        "BadRequest",
        "The request is not valid: not JSON, a wrong type, a bad date, a page below 1. If one \
         field is wrong, `field` names it.",
        "invalid_request",
        "data.callSid is missing.",
    ),
    (
        401,
        "Unauthorized",
        "The key is missing, unknown or revoked (`missing_api_key`, `invalid_api_key`, \
         `revoked_api_key`; for a ticket `invalid_ticket`; for a person `session_ended`, or \
         `wrong_password` at sign-in).",
        "invalid_api_key",
        "This API key is not valid.",
    ),
    (
        403,
        "Forbidden",
        "The key is known but does not allow this: `domain_not_allowed`, `scope_missing`, \
         `feature_not_in_plan`, `client_suspended`, `call_not_permitted`.",
        "scope_missing",
        "This API key lacks the scope \"read\".",
    ),
    (
        404,
        "NotFound",
        "The resource does not exist, or belongs to another client.",
        "not_found",
        "There is no such call.",
    ),
    (
        405,
        "MethodNotAllowed",
        "The path does not support this method; the header `Allow` lists the methods that it \
         supports.",
        "method_not_allowed",
        "This path does not support this method.",
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
        "The current state does not allow this, or the idempotency key was used with another \
         request.",
        "conflict",
        "The call is already over.",
    ),
    (
        413,
        "PayloadTooLarge",
        "The body is larger than one mebibyte, or that of a webhook than 64 KiB.",
        "payload_too_large",
        "The body is larger than one mebibyte.",
    ),
    (
        415,
        "UnsupportedMediaType",
        "The header Content-Type does not name JSON.",
        "unsupported_media_type",
        "The body must be JSON, with the header Content-Type: application/json.",
    ),
    (
        422,
        "UnprocessableEntity",
        "The telephone number cannot be dialed, or a field of the outcome is missing or wrong; `field` \
         names it.",
        "invalid_phone_number",
        "This number is too short.",
    ),
    (
        429,
        "TooManyRequests",
        "Too many requests, or too many unknown keys or tokens from the caller's network \
         (`rate_limited`, with the header `Retry-After`), or the month's calls are used up (`monthly_limit_exceeded`; `resetsAt` is when the next month begins).",
        "rate_limited",
        "Too many requests; try again in 1 s.",
    ),
    (
        500,
        "InternalServerError",
        "An error in the server. It is never expected; find it in the log by the request's id.",
        "internal_error",
        "Something went wrong in the server.",
    ),
    (
        502,
        "ProviderError",
        "The telephony provider refused, or could not be reached; `detail` is the provider's own \
         message.",
        "provider_error",
        "The telephony provider refused this.",
    ),
    (
        503,
        "ServiceUnavailable",
        "The database is unavailable or overloaded. Nothing was partly written; the header \
         `Retry-After` says when to try again.",
        "unavailable",
        "The server cannot reach its database just now; try again in a moment.",
    ),
    (
        504,
        "ProviderTimeout",
        "The telephony provider did not answer in time. It may or may not have carried out the \
         request.",
        "provider_timeout",
        "The telephony provider did not answer in time.",
    ),
];

/// Adds the error responses to the components, by name.
pub fn add_components(components: ComponentsBuilder) -> ComponentsBuilder {
    REFUSALS.iter().fold(components, |components, refusal| {
        components.response(refusal.1, describe_response(refusal))
    })
}

fn describe_response(&(status, _, when, code, sentence): &ErrorResponse) -> Response {
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
        .header("X-Request-Id", header(Type::String, "The request's id in the server's log."));
    match status {
        429 | 503 => response
            .header("Retry-After", header(Type::Integer, "Seconds to wait before the next try.")),
        405 => response.header("Allow", header(Type::String, "The supported methods.")),
        _ => response,
    }
    .build()
}

fn response_refs(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let refusals = REFUSALS.iter().filter(|(status, ..)| statuses.contains(status));
    refusals
        .map(|(status, name, ..)| (status.to_string(), Ref::from_response_name(*name).into()))
        .collect()
}

/// Declares sets of error responses that operations list among their responses.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)+;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    response_refs(&[$($status),+])
                }
            }
        )+
    };
}

refusals! {
    /// Errors of any operation, including public ones.
    Open: 400 405;
    /// Errors of an operation with an API key and without a body.
    ByKey: 400 401 403 405 429 503;
    /// Errors of an operation with an API key and a body.
    ByBody: 400 401 403 405 408 413 415 429 503;
    /// Errors of an operation with the admin token and without a body.
    ByAdmin: 400 401 403 405 429 503;
    /// Errors of an operation with the admin token and a body.
    ByAdminBody: 400 401 403 405 408 413 415 429 503;
    /// Errors of an operation with a dialer's key.
    ByDialer: 400 401 403 404 405 408 413 415 429 503;
    /// Errors of an operation that a telephony provider calls.
    ByProvider: 400 401 405 408 413 503;
    /// Errors of an operation that sends a request to a telephony provider.
    Provided: 502 504;
    /// In addition, errors of an operation on one resource.
    NotFound: 404;
    /// Errors of an operation that conflicts with the current state.
    Conflict: 409;
    /// Errors of an operation that dials, or takes the fields of an outcome.
    Unprocessable: 422;
    /// Errors of a public operation that needs the database.
    Unavailable: 503;
}
