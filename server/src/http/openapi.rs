//! The OpenAPI document: joins the handlers' descriptions with what applies to all of them.
//!
//! Each handler describes itself (`#[utoipa::path]`), and [`super::build_router`] builds the router from
//! these descriptions, so a route and its description cannot differ. This module adds the rest: the
//! title, the security schemes, and the error responses.

mod answers;
mod examples;
mod headers;
mod kinds;
mod paths;
mod queries;
mod with_key;

pub use answers::{ByAdmin, ByAdminBody, ByBody, ByKey, Conflict, NotFound, Unprocessable};
pub use answers::{ByDialer, ByProvider, Open, Provided, Unavailable};
pub use headers::{IdempotencyKey, LastEventId, LastEventIdInLink};
pub use kinds::zone as zone_kind;
pub use kinds::{FieldName, PackName, RangeEnd, TimeZone};
pub use kinds::{count as count_kind, direction as direction_kind, edges as edges_kind};
pub use paths::{ClientInPath, PersonInPath};
pub use with_key::WithKey;

use axum::Extension;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use call_ribbon_shared::wire::{CallEvent, CallUpdate, Problem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, ServerBuilder};
use utoipa::openapi::{Info, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

/// The groups of operations, with a description of each.
const TAGS: [(&str, &str); 9] = [
    ("Sessions", "Signs an agent in and returns the client's features."),
    ("Logging", "Logs call events from pages, and reads the log."),
    ("Calls", "Starts and controls calls, and saves notes about them."),
    ("Customers", "Saves and returns customers."),
    ("Figures", "Statistics over calls, and the export of calls."),
    ("Leads", "Leads that a dialer sends."),
    ("Administration", "For operators and a client's staff: clients, keys, people and agents."),
    ("Providers", "Webhooks that telephony providers send."),
    ("Server", "The server's health, metrics and documentation."),
];

const DESCRIPTION: &str = "\
A calling bar for CRM pages: it signs an agent in, starts and controls calls, logs their events \
and sends these events to pages live.

**Who calls.** A POST or PATCH under `/api/ribbon` carries the client's API key as `apiKey` in its \
body, or in the header `X-API-Key`; if both are present, the body's key is used. A GET carries \
the header. Operators send the admin token as `Authorization: Bearer …`, dialers their own key as \
`X-Dialer-Api-Key`.

**Queries.** A parameter whose value is empty, `undefined`, `null` or `NaN` counts as missing.

**Bodies** are JSON in UTF-8, optionally compressed with gzip; at most one mebibyte, compressed or \
not; a provider's webhook has at most 64 KiB. Fields that are not described are accepted. All times \
are RFC 3339 in UTC, all durations are whole seconds.

**Errors** are RFC 9457 problem JSON. `code` is for programs, `error` is a sentence for people, and \
`requestId` (also in the header `X-Request-Id`) identifies the request in the server's log.";

/// Returns the part of the document that does not come from handlers.
pub fn base_document() -> OpenApi {
    let components = answers::add_components(ComponentsBuilder::new())
        // The data of a message of the live stream, which is sent as text.
        .schema_from::<CallEvent>()
        .schema_from::<CallUpdate>()
        .schema_from::<Problem>()
        .schema_from::<FieldName>()
        .schema_from::<PackName>()
        .schema_from::<RangeEnd>()
        .schema_from::<TimeZone>()
        .security_scheme(
            "apiKey",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-API-Key",
                "A client's API key. Under `/api/ribbon`, a POST or PATCH may carry it as `apiKey` \
                 in its body instead.",
            ))),
        )
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Session-Token",
                "The `sessionToken` that `init` returned, beside the key for which it was \
                 returned. It stands for one agent, is valid for ten minutes, and ends with its \
                 key. A key without the scope `read` needs it for everything about agents' calls: \
                 it reads and controls the calls of that agent and calls that have no agent yet, \
                 and reads the calls of a customer that the request names.",
            ))),
        )
        .security_scheme(
            "apiKeyInLink",
            SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::with_description(
                "apiKey",
                "A client's API key in the query, for a download link, which cannot send a \
                 header. The parameter may also be named `X-API-Key`.",
            ))),
        )
        .security_scheme(
            "ticket",
            SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::with_description(
                "ticket",
                "A ticket to the live stream, valid for ten minutes. `eventsUrl`, which `init` \
                 and `/api/ribbon/events/ticket` return, contains it: a browser's EventSource \
                 cannot send a header, and a URL must not contain a key.",
            ))),
        )
        .security_scheme(
            "adminToken",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some(
                        "The operator's token, set when the server starts. Operations on one \
                         client also accept a token of that client, or the token that signing in \
                         returns. The dashboard's own requests have a cookie instead, from \
                         `/api/admin/session`.",
                    ))
                    .build(),
            ),
        )
        .security_scheme(
            "webhookSecret",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Webhook-Secret",
                "The secret of an account at a telephony provider, if it is not the last part of \
                 the path.",
            ))),
        )
        .security_scheme(
            "dialerKey",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-Dialer-Api-Key",
                "A client's dialer key. It can only send leads.",
            ))),
        )
        .build();
    let tags = TAGS.map(|(name, description)| {
        TagBuilder::new().name(name).description(Some(description)).build()
    });
    OpenApiBuilder::new()
        .info(document_info())
        .servers(Some([ServerBuilder::new()
            .url("/")
            .description(Some("The server that serves this document."))
            .build()]))
        .tags(Some(tags))
        .components(Some(components))
        .build()
}

fn document_info() -> Info {
    InfoBuilder::new()
        .title("Call Ribbon")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new()
                .name(env!("CARGO_PKG_LICENSE"))
                .identifier(Some(env!("CARGO_PKG_LICENSE")))
                .build(),
        ))
        .build()
}

/// The document as it is sent, serialized once when the routes are built.
#[derive(Clone)]
pub struct Document(Bytes);

impl Document {
    /// Serializes the document, for a server below this path.
    pub fn from_openapi(mut api: OpenApi, path: &str) -> Self {
        if let Some(server) = api.servers.iter_mut().flatten().next()
            && !path.is_empty()
        {
            path.clone_into(&mut server.url);
        }
        // A path parameter that spans slashes has a star in the router, but not in the document.
        let paths = std::mem::take(&mut api.paths.paths);
        api.paths.paths =
            paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
        queries::allow_missing_words(&mut api);
        examples::return_examples(&mut api);
        // Texts and numbers always serialize.
        Self(serde_json::to_vec(&api).unwrap_or_default().into())
    }
}

/// Get this document
///
/// The description of every operation, in OpenAPI 3.1. `/docs` shows it for people.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "openApiDocument",
    tag = "Server",
    responses((status = 200, description = "This document.", body = inline(utoipa::openapi::Object)), Open),
    security(()),
)]
pub async fn show_document(Extension(Document(json)): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], json)
}
