//! Calls heard in the agent's browser, which registers at the PBX over SIP on a WebSocket.
//!
//! An agent has no password that anyone enters. When the agent goes online, this server makes one
//! up and gives it to the PBX as the agent's sign-in (ARI's dynamic configuration, an object `auth`
//! of `res_pjsip`) and to the agent's page. The next one replaces it.

use super::Settings;
use super::ari::Ari;
use super::settings::is_agent_name;
use crate::providers::settings::{Fields, field_error};
use crate::providers::{AgentContact, IceServer, ProviderError, SettingsError, SipLine, Transport};
use crate::secret::Secret;
use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::Millis;
use ring::hmac;
use serde_json::{Value, json};

/// The voice's name in the API.
pub const VOICE: &str = "asterisk-browser";
/// The controls of this voice. The page answers and mutes; the server does the rest.
pub const FEATURES: &[&str] = &["call", "answer", "hangup", "mute", "hold", "dtmf"];
/// The header of an agent's leg that names its call.
const CALL_HEADER: &str = "PJSIP_HEADER(add,X-Call-Ribbon)";
/// The beginning of the names of sign-ins at the PBX.
const SIGN_IN: &str = "call-ribbon-";
/// How long a password of a TURN server is valid: a shift. It is checked when a call begins.
const TURN_LIFETIME: Millis = 12 * 60 * 60 * 1000;
/// More servers would only delay a call.
const MAX_ICE_SERVERS: usize = 8;

/// The additional settings of calls in the browser.
#[derive(Debug, Clone)]
pub struct BrowserCalling {
    /// The address of SIP over WebSocket, as browsers reach it.
    pub web_socket_url: String,
    /// The SIP domain.
    pub domain: String,
    /// STUN and TURN servers.
    pub ice_servers: Vec<String>,
    /// The same as they were entered.
    pub ice_text: String,
    /// The secret from which passwords for TURN servers are made.
    pub turn_secret: Option<Secret>,
}

impl BrowserCalling {
    /// Parses the settings; the error describes the first invalid field and what to do.
    pub fn from_fields(fields: Fields<'_>) -> Result<Self, SettingsError> {
        let (web_socket_url, host) = parse_web_socket_url(fields)?;
        let (ice_text, ice_servers) = parse_ice_servers(fields)?;
        let turn_secret = fields.optional_text("turnSecret")?.map(Secret::new);
        if turn_secret.is_none() && ice_servers.iter().any(|url| is_turn(url)) {
            let sentence = "turnSecret is missing: enter the static-auth-secret of the TURN \
                            server, from which each agent gets a password of its own.";
            return Err(field_error("turnSecret", sentence));
        }
        let domain = match fields.optional_text("domain")? {
            None => host,
            Some(domain) if is_domain(&domain) => domain,
            Some(_) => {
                let sentence = "domain must be the PBX's SIP domain, like pbx.example.com.";
                return Err(field_error("domain", sentence));
            }
        };
        Ok(Self { web_socket_url, domain, ice_servers, ice_text, turn_secret })
    }

    /// Returns the servers with a password for each TURN server, by the rule that TURN servers
    /// share (`use-auth-secret`): the time until which it is valid, signed.
    fn ice_servers_for(&self, user: &str, now: Millis) -> Vec<IceServer> {
        let with_login = |url: &String| {
            let secret = self.turn_secret.as_ref().filter(|_| is_turn(url));
            let login = secret.map(|secret| {
                let name = format!("{}:{user}", (now + TURN_LIFETIME) / 1000);
                let key = secret.expose().as_bytes();
                let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
                let signed = STANDARD.encode(hmac::sign(&key, name.as_bytes()));
                (name, Secret::new(signed))
            });
            IceServer { url: url.clone(), login }
        };
        self.ice_servers.iter().map(with_login).collect()
    }
}

impl Settings {
    /// Gives an agent's browser a line with this password; `None` if calls are heard elsewhere.
    pub async fn open_line(
        &self,
        transport: &impl Transport,
        agent: &AgentContact,
        password: Secret,
    ) -> Result<Option<SipLine>, ProviderError> {
        let Some(browser) = &self.browser_calling else { return Ok(None) };
        let user = agent.provider_user_id.as_deref().filter(|user| is_agent_name(user));
        let Some(user) = user else {
            return Err(ProviderError::NotReady(
                "This agent has no phone at the PBX; an administrator can enter its name there as \
                 providerUserId with the agent."
                    .to_owned(),
            ));
        };
        put_sign_in(&Ari { settings: self, transport }, user, &password).await?;
        Ok(Some(SipLine {
            web_socket_url: browser.web_socket_url.clone(),
            domain: browser.domain.clone(),
            user: user.to_owned(),
            password,
            ice_servers: browser.ice_servers_for(user, transport.now()),
        }))
    }

    /// Has the request for an agent's channel tell the browser which call it is.
    pub fn name_call(&self, body: &mut Value, endpoint: &str, call: &str) {
        if self.browser_calling.is_some() && endpoint.starts_with("PJSIP/") {
            body["variables"] = json!({ CALL_HEADER: call });
        }
    }
}

/// Tests whether the PBX takes sign-ins.
pub async fn check_lines<T: Transport>(ari: &Ari<'_, T>) -> Result<(), ProviderError> {
    if ari.settings.browser_calling.is_none() {
        return Ok(());
    }
    let module = ari.get("module", "asterisk/modules/res_pjsip_transport_websocket.so").await?;
    if module.status == 404 {
        let detail = "Asterisk has no SIP over WebSocket: load \
                      res_pjsip_transport_websocket.so (modules.conf).";
        return Err(ProviderError::Refused { status: None, detail: detail.to_owned() });
    }
    // No endpoint uses it.
    put_sign_in(ari, "validate", &Secret::new("")).await?;
    let reply = ari.delete("validate", &sign_in_path("validate")).await?;
    if reply.status == 404 { Ok(()) } else { ari.check(&reply) }
}

/// Gives the PBX an agent's password.
async fn put_sign_in<T: Transport>(
    ari: &Ari<'_, T>,
    user: &str,
    password: &Secret,
) -> Result<(), ProviderError> {
    let fields = [("auth_type", "userpass"), ("username", user), ("password", password.expose())];
    let fields = fields.map(|(name, value)| json!({ "attribute": name, "value": value }));
    let body = json!({ "fields": fields });
    let reply = ari.put_secret("sign-in", &sign_in_path(user), body).await?;
    match reply.status {
        403 | 404 => Err(ProviderError::Refused {
            status: Some(reply.status),
            detail: "Asterisk does not take agents' sign-ins from Call Ribbon: add \
                     auth = memory under [res_pjsip] in sorcery.conf (docs/asterisk.md), and \
                     restart it."
                .to_owned(),
        }),
        _ => ari.check(&reply),
    }
}

fn sign_in_path(user: &str) -> String {
    // An agent's name is plain.
    format!("asterisk/config/dynamic/res_pjsip/auth/{SIGN_IN}{user}")
}

/// Parses the address of SIP over WebSocket; returns its host, too.
fn parse_web_socket_url(fields: Fields<'_>) -> Result<(String, String), SettingsError> {
    const FIELD: &str = "webSocketUrl";
    const LIKE: &str = "like wss://pbx.example.com:8089/ws";
    let text = fields.required_text(
        FIELD,
        "enter the address of SIP over WebSocket, like wss://pbx.example.com:8089/ws",
    )?;
    let wrong = |what: &str| field_error(FIELD, format!("{FIELD} {what}, {LIKE}."));
    let uri: Uri = text.parse().map_err(|_| wrong("must be an address"))?;
    let Some(authority) = uri.authority() else { return Err(wrong("must be a whole address")) };
    if authority.as_str().contains('@') {
        return Err(wrong("must not contain a user name or password"));
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let here = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
    match uri.scheme_str() {
        Some("wss") => Ok((text, host)),
        // Browsers allow it to no other machine.
        Some("ws") if here => Ok((text, host)),
        _ => Err(wrong("must begin with wss://, since browsers refuse others")),
    }
}

/// Parses the list of STUN and TURN servers; returns the text, too.
fn parse_ice_servers(fields: Fields<'_>) -> Result<(String, Vec<String>), SettingsError> {
    const FIELD: &str = "iceServers";
    let Some(text) = fields.optional_text(FIELD)? else { return Ok((String::new(), Vec::new())) };
    let urls = text.split([',', ' ']).filter(|url| !url.is_empty()).map(str::to_owned);
    let urls: Vec<String> = urls.collect();
    if urls.len() > MAX_ICE_SERVERS {
        let sentence = format!("{FIELD} names more than {MAX_ICE_SERVERS} servers.");
        return Err(field_error(FIELD, sentence));
    }
    if urls.iter().all(|url| is_ice_server(url)) {
        return Ok((text, urls));
    }
    let sentence = format!(
        "{FIELD} must be addresses of STUN and TURN servers, like \
         stun:stun.example.com:3478, turn:turn.example.com:3478."
    );
    Err(field_error(FIELD, sentence))
}

fn is_ice_server(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:?=[]".contains(&byte);
    let starts = rest.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[');
    matches!(scheme, "stun" | "stuns" | "turn" | "turns") && starts && rest.bytes().all(plain)
}

fn is_turn(url: &str) -> bool {
    url.starts_with("turn")
}

/// Returns whether a text can stand behind the @ of a SIP address.
fn is_domain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}
