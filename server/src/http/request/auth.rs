//! Extractors that authenticate the caller, so that a handler's signature states who may call it. A
//! handler without one of them is public.

mod admin;
mod cookie;
mod credential;
mod dialer;
mod listener;
mod page_domain;
mod provider;
mod reader;
mod scope;
mod scraper;
mod session;

pub use admin::{Admin, ClientStaff, Manage, Member, Staff, Supervise, View, ViewTeams};
pub use cookie::{CookieRequest, find_key_client};
pub use dialer::Dialer;
pub use listener::StreamListener;
pub use provider::{LARGEST_WEBHOOK, Provider};
pub use reader::Reader;
pub use scope::{
    About, Logs, OwnCalls, OwnOrRead, OwnOrTeamRead, Read, Ribbon, RibbonOrRead, Scope, TeamExport,
    TeamRead, Write,
};
pub use scraper::Scraper;
pub use session::SESSION_HEADER;

use credential::{find_credential, revoked_credential, unknown_credential};
use page_domain::{check_domain, kept_domain, page_domain};

use super::address::Sender as RequestSender;
use super::body;
use super::cors::RecognisedClient;
use super::number_view::{self, NumberView};
use super::page_origin;
use super::problem::Problem;
use super::volume::check_volume;
use crate::app::App;
use crate::rate_limit::Sender;
use crate::secret::Secret;
use crate::services::access::credential_ref::CredentialRef;
use crate::services::access::domains;
use crate::services::access::numbers::restore::Restorer;
use crate::services::access::reach::Reach;
use crate::services::access::role::Role;
use crate::storage::{Actor, Client, CredentialKind};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// The kind of credential of pages and servers.
const API_KEY: CredentialKind = CredentialKind::ApiKey;

/// The caller of a GET, by the header `X-API-Key` or by a staff session ([`Reader`]).
pub struct Keyed<S> {
    pub client: Client,
    /// The credential of the caller.
    pub credential: CredentialRef,
    /// The agents' calls that the caller may read.
    pub reach: Reach,
    /// The id of the person or the staff token; keys and the operator have none.
    pub member_id: Option<String>,
    scope: PhantomData<S>,
}

/// The caller of a GET by a link, which cannot send a header: by the header if present, else by
/// `X-API-Key` or `apiKey` in the query, or by a staff session. Queries are never logged.
pub struct KeyedByLink<S> {
    pub client: Client,
    /// The agents' calls that the caller may read.
    pub reach: Reach,
    /// The caller as the audit log names it: name, and the id of the key, token or person.
    name: String,
    id: Option<String>,
    /// The role of a member of the client's staff.
    role: Option<Role>,
    scope: PhantomData<S>,
}

impl<S> KeyedByLink<S> {
    /// Returns the caller as the audit log names it.
    pub fn by(&self) -> Actor<'_> {
        Actor { name: &self.name, id: self.id.as_deref() }
    }

    /// Returns whether the caller is staff other than an admin: a viewer, or a supervisor.
    pub fn is_viewer(&self) -> bool {
        self.role.is_some_and(|role| role != Role::Admin)
    }
}

/// The caller of a POST, by the key in the body or in the header, and the body.
pub struct KeyedBody<S, T> {
    pub client: Client,
    /// The key's id, which is not secret.
    pub key_id: String,
    /// The agents' calls that the caller may act on.
    pub reach: Reach,
    pub body: T,
    /// The page's domain, from its `Origin`, or else from the body.
    pub domain: Option<String>,
    /// The header `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Whether the caller may not see phone numbers.
    pub hides_numbers: bool,
    /// Whether an `Origin` names the page; it takes precedence over the body.
    has_origin: bool,
    scope: PhantomData<S>,
}

/// What every body may hold beside its own fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    api_key: Option<String>,
    domain: Option<String>,
}

impl<S: Scope> FromRequestParts<Arc<App>> for Keyed<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(Reader { client, credential, team, id: member_id, .. }) =
            Reader::from_extensions::<S>(&parts.extensions)?
        {
            let reach = Reach::of_staff(team);
            return Ok(Self { client, credential, reach, member_id, scope: PhantomData });
        }
        let asked = RequestSource::from_headers(&parts.headers, &parts.extensions);
        let cookies = CookieRequest::of_parts(app, parts);
        let key = cookies.key_or_signed_in(key_header(&parts.headers))?;
        let KeyHolder { client, key_id, reach } =
            authenticate_key::<S>(app, key, asked, None).await?;
        number_view::open_handles_in_query(&app.number_handles, &client.id, parts);
        let credential = CredentialRef::ApiKey(key_id);
        Ok(Self { client, credential, reach, member_id: None, scope: PhantomData })
    }
}

impl<S: Scope> FromRequestParts<Arc<App>> for KeyedByLink<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(reader) = Reader::from_extensions::<S>(&parts.extensions)? {
            let Reader { client, name, id, role, team, .. } = reader;
            let reach = Reach::of_staff(team);
            return Ok(Self { client, reach, name, id, role, scope: PhantomData });
        }
        let headers = &parts.headers;
        let key = key_header(headers).or_else(|| {
            let Query(fields) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
            let is_key = |name: &str| ["x-api-key", "apikey"].contains(&name);
            let mut fields = fields.into_iter();
            fields
                .find(|(name, _)| is_key(&name.to_ascii_lowercase()))
                .map(|(_, key)| Secret::new(key))
        });
        let key = CookieRequest::of_parts(app, parts).key_or_signed_in(key)?;
        let asked = RequestSource::from_headers(headers, &parts.extensions);
        let KeyHolder { client, key_id, reach } =
            authenticate_key::<S>(app, key, asked, None).await?;
        number_view::open_handles_in_query(&app.number_handles, &client.id, parts);
        let (name, id) = ("API key".to_owned(), Some(key_id));
        Ok(Self { client, reach, name, id, role: None, scope: PhantomData })
    }
}

impl<S: Scope, T: DeserializeOwned> FromRequest<Arc<App>> for KeyedBody<S, T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (parts, content) = request.into_parts();
        let headers = &parts.headers;
        let view = parts.extensions.get::<NumberView>();
        body::check_type(headers)?;
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), content), app)
            .await
            .map_err(|rejection| Problem::from_status(rejection.into_response().status()))?;
        body::check_depth(&bytes)?;
        // The caller is identified first; only then is the rest of the body checked.
        let Envelope { api_key, domain } = body::read(&bytes)?;
        let domain = check_domain(domain)?;
        let key = api_key.map(Secret::new).or_else(|| key_header(headers));
        let key = CookieRequest::of_parts(app, &parts).key_or_signed_in(key)?;
        let asked = RequestSource::from_headers(headers, &parts.extensions);
        let KeyHolder { client, key_id, reach } =
            authenticate_key::<S>(app, key, asked, domain.as_deref()).await?;
        check_volume(app, &client.id, Sender::Key, bytes.len())?;
        let idempotency_key = headers
            .get("idempotency-key")
            // An `Idempotency-Key` that is not text would be ignored, and the request could run
            // twice.
            .map(|key| body::id_text("Idempotency-Key", key.to_str().unwrap_or("").to_owned()))
            .transpose()?;
        let restorer = Restorer {
            handles: &app.number_handles,
            client_id: &client.id,
            is_masked: view.is_some_and(NumberView::is_hidden),
        };
        let hides_numbers = restorer.is_masked;
        let opened = restorer.restore_body(&bytes);
        Ok(Self {
            client,
            key_id,
            reach,
            body: body::read(opened.as_deref().unwrap_or(&bytes))?,
            hides_numbers,
            domain: page_domain(headers, domain),
            idempotency_key,
            has_origin: page_origin::calling_origin(headers).is_some(),
            scope: PhantomData,
        })
    }
}

impl<S, T> KeyedBody<S, T> {
    /// Returns the domain of one of several items in a body, which may name its own; refuses one
    /// that the client's key may not be used on.
    pub fn domain_of(&self, named: Option<String>) -> Result<Option<String>, Problem> {
        let Some(named) = check_domain(named)?.filter(|_| !self.has_origin) else {
            return Ok(self.domain.clone());
        };
        if !domains::is_allowed(&self.client.allowed_domains, None, Some(&named)) {
            return Err(wrong_domain());
        }
        Ok(kept_domain(&named))
    }
}

/// What a request says about its sender, beside its key.
#[derive(Clone, Copy)]
struct RequestSource<'r> {
    headers: &'r HeaderMap,
    extensions: &'r Extensions,
    /// Where to record the key's client; present if a page of another origin may ask.
    recognised: Option<&'r RecognisedClient>,
    /// Where to note that the key may see no phone numbers.
    view: Option<&'r NumberView>,
}

impl<'r> RequestSource<'r> {
    fn from_headers(headers: &'r HeaderMap, extensions: &'r Extensions) -> Self {
        Self { headers, extensions, recognised: extensions.get(), view: extensions.get() }
    }

    /// Lets no page of another origin read the answer.
    fn deny_other_origins(self) {
        if let Some(recognised) = self.recognised {
            recognised.record_no_domains();
        }
    }
}

/// The holder of a valid key.
struct KeyHolder {
    client: Client,
    key_id: String,
    reach: Reach,
}

/// Finds the client of a key, with the key's id, and checks everything that may refuse access.
async fn authenticate_key<S: Scope>(
    app: &Arc<App>,
    key: Option<Secret>,
    asked: RequestSource<'_>,
    domain: Option<&str>,
) -> Result<KeyHolder, Problem> {
    let key = key.filter(|key| !key.expose().is_empty()).ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "missing_api_key",
            "An API key is needed: apiKey in the body, or the header X-API-Key.",
        )
    })?;
    let sender = RequestSender::of_request(app, asked.headers, asked.extensions);
    let found = find_credential(app, API_KEY, &key, sender).await?;
    if found.credential.is_masked_key()
        && let Some(view) = asked.view
    {
        view.hide(&found.client.id);
    }
    check_client(&found.client, asked, domain)?;
    if !found.credential.scopes.0.iter().any(|scope| S::ANY_OF.contains(&scope.as_str())) {
        return Err(missing_scope(S::ANY_OF));
    }
    if S::COUNTED {
        // Only valid keys are counted, or anyone could fill the memory.
        app.log_limit
            .check_rate(found.hash.clone(), app.now())
            .inspect_err(|_| app.metrics.count_rate_limited("log"))?;
    }
    app.credential_uses.record_use(&app.store, &app.background, &found, app.now());
    let (client, key_id) = (found.client, found.credential.credential_id);
    let scopes = &found.credential.scopes.0;
    let reach = session::find_reach(app, asked.headers, &client, &key_id, scopes);
    if reach.session().is_some_and(|session| session.hides_numbers)
        && let Some(view) = asked.view
    {
        view.hide(&client.id);
    }
    if S::OF_AGENTS {
        reach.check_any()?;
    }
    Ok(KeyHolder { client, key_id, reach })
}

/// Checks whether the client may be served, on this page.
fn check_client(
    client: &Client,
    asked: RequestSource<'_>,
    domain: Option<&str>,
) -> Result<(), Problem> {
    if let Some(recognised) = asked.recognised {
        recognised.record_domains(&client.allowed_domains);
    }
    if client.suspended {
        return Err(suspended_client());
    }
    if !domains::is_allowed(
        &client.allowed_domains,
        page_origin::calling_origin(asked.headers),
        domain,
    ) {
        return Err(wrong_domain());
    }
    Ok(())
}

/// Refuses a key that has none of these scopes.
pub fn missing_scope(any_of: &[&str]) -> Problem {
    let sentence = format!("This API key lacks the scope \"{}\".", any_of.join("\" or \""));
    Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence)
}

fn wrong_domain() -> Problem {
    let sentence = "This API key may not be used on this domain.";
    Problem::new(StatusCode::FORBIDDEN, "domain_not_allowed", sentence)
}

fn suspended_client() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "client_suspended", "This client is suspended.")
}

fn key_header(headers: &HeaderMap) -> Option<Secret> {
    header_text(headers, "x-api-key").map(Secret::new)
}

fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
