//! What an operator does with clients: `/api/admin/clients[/{clientId}]`.

use super::auth::Admin;
use super::body::{self, JsonBody};
use super::problem::Problem;
use crate::app::App;
use crate::patch::Patch;
use crate::services::clients::{self, AuditLog, ClientMade, ClientShown};
use crate::storage::ClientChange;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::plan::Plan;
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;

/// Bytes of an address.
const LONGEST_URL: usize = 2000;

/// A client as far as it is named. Null takes a setting of its own back to the plan's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientBody {
    name: Option<String>,
    plan: Option<String>,
    #[serde(default)]
    limit: Patch<i64>,
    #[serde(default)]
    features: Patch<Vec<String>>,
    allowed_domains: Option<Vec<String>>,
    time_zone: Option<String>,
    #[serde(default)]
    default_country: Patch<String>,
    #[serde(default)]
    crm_url: Patch<String>,
    suspended: Option<bool>,
}

/// `POST /api/admin/clients`.
pub async fn create(
    State(app): State<Arc<App>>,
    _: Admin,
    JsonBody(body): JsonBody<ClientBody>,
) -> Result<(StatusCode, Json<ClientMade>), Problem> {
    if body.name.is_none() {
        return Err(Problem::invalid("name", "name is missing."));
    }
    if body.plan.is_none() {
        return Err(Problem::invalid("plan", "plan is missing."));
    }
    let made = clients::create(&app.operator(), change(body)?).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /api/admin/clients/{clientId}`.
pub async fn look_at(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
) -> Result<Json<ClientShown>, Problem> {
    Ok(Json(clients::look_at(&app.operator(), &client_id).await?))
}

/// `PATCH /api/admin/clients/{clientId}`.
pub async fn patch(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<ClientBody>,
) -> Result<Json<ClientShown>, Problem> {
    Ok(Json(clients::change(&app.operator(), &client_id, change(body)?).await?))
}

/// `DELETE /api/admin/clients/{clientId}`: suspends it. Its calls stay: they are its records.
pub async fn suspend(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
) -> Result<Json<ClientShown>, Problem> {
    let change = ClientChange { suspended: Some(true), ..ClientChange::default() };
    Ok(Json(clients::change(&app.operator(), &client_id, change).await?))
}

/// `GET /api/admin/clients/{clientId}/audit`.
pub async fn audit(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
) -> Result<Json<AuditLog>, Problem> {
    Ok(Json(clients::audit(&app.operator(), &client_id).await?))
}

/// The address of a page to which an agent's browser is sent: one of the web, or a path on this
/// server. Nothing that a browser would run, or take for another server than it looks like.
fn crm_page(url: String) -> Result<String, Problem> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_page = match host {
        Some(host) => !host.is_empty() && !host.starts_with(['/', '?', '#', '\\']),
        None => url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\"),
    };
    let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_page && is_plain && url.len() <= LONGEST_URL {
        return Ok(url);
    }
    let sentence = "crmUrl must be an address with http:// or https://, or a path like /leads.";
    Err(Problem::invalid("crmUrl", sentence))
}

fn change(body: ClientBody) -> Result<ClientChange, Problem> {
    let plan = body.plan.map(|plan| {
        Plan::parse(&plan).ok_or_else(|| {
            let plans = "plan must be trial, starter, professional or enterprise.";
            Problem::invalid("plan", plans)
        })
    });
    let zone = body.time_zone.map(|zone| {
        zone.parse::<Tz>().map_err(|_| {
            let sentence = "timeZone is not known; write it like Asia/Kolkata.";
            Problem::invalid("timeZone", sentence)
        })
    });
    let limit = body.limit.try_map(|limit| {
        let sentence = "limit must be a whole number, 0 or more.";
        if limit < 0 { Err(Problem::invalid("limit", sentence)) } else { Ok(limit) }
    })?;
    let country = body.default_country.try_map(|country| {
        let two = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let sentence = "defaultCountry must be two capital letters, like IN.";
        if two { Ok(country) } else { Err(Problem::invalid("defaultCountry", sentence)) }
    })?;
    Ok(ClientChange {
        name: body.name.map(|name| body::id_text("name", name)).transpose()?,
        plan: plan.transpose()?,
        limit,
        features: body.features,
        allowed_domains: body.allowed_domains,
        time_zone: zone.transpose()?,
        default_country: country,
        crm_url: body.crm_url.try_map(crm_page)?,
        suspended: body.suspended,
    })
}
