//! The cookie of a signed-in user of the dashboard.
//!
//! A browser sends a cookie whichever page asks. So the cookie counts as a credential only in
//! requests of this server's own pages: [`check_own_page`] refuses those of other pages, also of
//! the same site, and a request that changes something must have the header [`OWN_PAGE`]. A form or
//! a simple request of another page cannot have that header, and CORS does not allow it
//! (OWASP's Cross-Site Request Forgery Prevention Cheat Sheet, "Custom request headers").

use super::{RequestSource, RibbonOrRead, authenticate_key};
use crate::app::App;
use crate::http::request::address::is_trusted_proxy;
use crate::http::request::below_path::base_path;
use crate::http::request::problem::Problem;
use crate::secret::Secret;
use crate::services::access::browser_sessions::{BrowserCredential, LIFETIME};
use crate::services::access::oidc::PENDING_LIFETIME;
use crate::storage::Client;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use std::sync::Arc;

/// The header with which the dashboard's own requests say that they are such. Its value has no
/// meaning.
const OWN_PAGE: HeaderName = HeaderName::from_static("x-call-ribbon");
/// The name of the cookie, after a prefix.
const NAME: &str = "call-ribbon-session";
/// The name of the cookie of a sign-in that waits for a provider, after a prefix.
const PENDING: &str = "call-ribbon-oidc";

/// The parts of a request that decide about its cookie.
#[derive(Clone, Copy)]
pub struct CookieRequest<'r> {
    app: &'r App,
    method: &'r Method,
    uri: &'r Uri,
    headers: &'r HeaderMap,
    extensions: &'r Extensions,
}

impl<'r> CookieRequest<'r> {
    /// Takes them from a request's head.
    pub fn of_parts(app: &'r App, parts: &'r Parts) -> Self {
        let Parts { method, uri, headers, extensions, .. } = parts;
        Self { app, method, uri, headers, extensions }
    }

    /// Returns the credential in the request's cookie, if it has a valid one. A request with a
    /// cookie from another page is refused.
    pub fn find_credential(self) -> Result<Option<BrowserCredential>, Problem> {
        let Some(cookie) = self.find_cookie(NAME) else { return Ok(None) };
        let Some(credential) = self.app.browser_sessions.open(cookie, self.app.now()) else {
            return Ok(None);
        };
        self.check_own_page()?;
        Ok(Some(credential))
    }

    /// Returns the key in the request, or else the one with which the user signed in.
    pub fn key_or_signed_in(self, key: Option<Secret>) -> Result<Option<Secret>, Problem> {
        Ok(match key {
            Some(key) => Some(key),
            None => match self.find_credential()? {
                Some(BrowserCredential::Key(key)) => Some(key),
                _ => None,
            },
        })
    }

    /// Returns the token in the request, or else the one with which the user signed in.
    pub fn token_or_signed_in(self, token: Option<Secret>) -> Result<Option<Secret>, Problem> {
        Ok(match token {
            Some(token) => Some(token),
            None => match self.find_credential()? {
                Some(BrowserCredential::Staff(token)) => Some(token),
                _ => None,
            },
        })
    }

    /// Refuses a request that is not from this server's own pages.
    pub fn check_own_page(self) -> Result<(), Problem> {
        let is_safe = matches!(*self.method, Method::GET | Method::HEAD);
        let is_own = match self.text("sec-fetch-site") {
            Some("same-origin") => true,
            // Typed by the user into the address bar, or a bookmark.
            Some("none") => is_safe,
            Some(_) => false,
            // Browsers leave it out for addresses without TLS.
            None => self.text(ORIGIN.as_str()).is_none_or(|origin| self.is_own_origin(origin)),
        };
        if is_own && (is_safe || self.headers.contains_key(OWN_PAGE)) {
            return Ok(());
        }
        let sentence = "This request is not from the dashboard's own pages. Programs send a token \
                        in the header Authorization instead of the cookie.";
        Err(Problem::new(StatusCode::FORBIDDEN, "domain_not_allowed", sentence))
    }

    /// Returns the header that stores a session in the browser.
    pub fn set_cookie(self, value: &str) -> Option<HeaderValue> {
        self.write_cookie(NAME, value, LIFETIME / 1_000, "Strict")
    }

    /// Returns the header that removes the session from the browser.
    pub fn clear_cookie(self) -> Option<HeaderValue> {
        self.write_cookie(NAME, "", 0, "Strict")
    }

    /// Returns the value of the cookie of a sign-in that waits for a provider.
    pub fn find_pending_cookie(self) -> Option<&'r str> {
        self.find_cookie(PENDING)
    }

    /// Returns the header that stores a sign-in that waits for a provider. The browser must send
    /// the cookie when the provider's page sends it back, which `Strict` forbids.
    pub fn set_pending_cookie(self, value: &str) -> Option<HeaderValue> {
        self.write_cookie(PENDING, value, PENDING_LIFETIME / 1_000, "Lax")
    }

    /// Returns the header that removes it.
    pub fn clear_pending_cookie(self) -> Option<HeaderValue> {
        self.write_cookie(PENDING, "", 0, "Lax")
    }

    fn write_cookie(
        self,
        name: &str,
        value: &str,
        seconds: i64,
        same_site: &str,
    ) -> Option<HeaderValue> {
        let (name, path) = (self.cookie_name(name), self.cookie_path());
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; \
             SameSite={same_site}{secure}"
        );
        HeaderValue::from_str(&text).ok()
    }

    fn find_cookie(self, name: &str) -> Option<&'r str> {
        let name = self.cookie_name(name);
        let lines = self.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(other, _)| other.trim() == name).map(|(_, value)| value.trim())
    }

    /// Returns the cookie's name. With these prefixes, browsers accept it only over TLS, and with
    /// the first only from this host itself (RFC 6265bis, 4.1.3).
    fn cookie_name(self, name: &str) -> String {
        let prefix = match (self.is_secure(), self.cookie_path()) {
            (true, "/") => "__Host-",
            (true, _) => "__Secure-",
            (false, _) => "",
        };
        format!("{prefix}{name}")
    }

    /// Returns the path below which the server runs.
    fn cookie_path(self) -> &'r str {
        match base_path(self.app) {
            "" => "/",
            path => path,
        }
    }

    /// Returns whether the browser reaches this server by HTTPS.
    fn is_secure(self) -> bool {
        let public = self.app.config.public_url.as_ref();
        self.app.tls.is_some()
            || public.is_some_and(|url| url.origin().starts_with("https://"))
            || self.proxy_text("x-forwarded-proto") == Some("https")
    }

    /// Returns whether an origin is this server's: as the settings, the request or a trusted proxy
    /// names it.
    fn is_own_origin(self, origin: &str) -> bool {
        let public = self.app.config.public_url.as_ref();
        if public.is_some_and(|url| url.origin().eq_ignore_ascii_case(origin)) {
            return true;
        }
        // In HTTP/2 the host is part of the address.
        let named =
            self.text(HOST.as_str()).or_else(|| self.uri.authority().map(Authority::as_str));
        let host = self.proxy_text("x-forwarded-host").or(named);
        origin
            .split_once("://")
            .is_some_and(|(_, own)| host.is_some_and(|host| own.eq_ignore_ascii_case(host)))
    }

    fn proxy_text(self, name: &str) -> Option<&'r str> {
        let trusted = &self.app.config.limits.trusted_proxy;
        self.text(name).filter(|_| is_trusted_proxy(self.extensions, trusted))
    }

    fn text(self, name: &str) -> Option<&'r str> {
        self.headers.get(name).map(|value| value.to_str().unwrap_or("?"))
    }
}

/// Finds the client of a key that may read or serve pages, for a user who signs in with it.
pub async fn find_key_client(
    app: &Arc<App>,
    key: Secret,
    parts: &Parts,
) -> Result<Client, Problem> {
    let asked = RequestSource::from_headers(&parts.headers, &parts.extensions);
    Ok(authenticate_key::<RibbonOrRead>(app, Some(key), asked, None).await?.client)
}
