//! Handlers for a client's public holidays: `/api/admin/clients/{clientId}/call-rules/holidays`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::bounds::{check_count, text_within};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::services::permission::holidays;
use crate::storage::HolidayRow;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_rules::zones;
use call_ribbon_shared::wire::PublicHolidays;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most holidays of a client.
const MOST_HOLIDAYS: usize = 1_000;
/// The most characters of a name.
const LONGEST_NAME: usize = 200;

/// All public holidays of a client.
#[derive(Deserialize, ToSchema)]
pub struct HolidaysBody {
    /// The holidays, in any order; an empty list removes all.
    #[schema(value_type = Vec<HolidayBody>, required = true, max_items = 1000)]
    holidays: Option<Vec<HolidayBody>>,
}

/// A public holiday.
#[derive(Deserialize, ToSchema)]
struct HolidayBody {
    /// The country, such as `AU`, or a part of it as numbers tell it, such as `US-AL`.
    #[schema(value_type = String, required = true, max_length = 6, pattern = "^[A-Z]{2}(-[A-Z]{2,3})?$", examples("US-AL"))]
    region: Option<String>,
    /// The day, there.
    #[schema(value_type = String, required = true, format = Date, examples("2026-12-25"))]
    date: Option<String>,
    /// Its name.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"[^\u0000\s]", examples("Christmas Day"))]
    name: Option<String>,
}

/// Get the client's public holidays
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/call-rules/holidays",
    operation_id = "holidays",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "All holidays.", body = PublicHolidays),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_holidays(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<PublicHolidays>, Problem> {
    Ok(Json(holidays::show_holidays(&app.store, &client_id).await?))
}

/// Set the client's public holidays
///
/// Replaces all. On them a rule with hours and `"holidays": "closed"` permits no call to numbers of
/// the region.
#[utoipa::path(
    put,
    path = "/api/admin/clients/{clientId}/call-rules/holidays",
    operation_id = "setHolidays",
    tag = "Administration",
    params(ClientPath),
    request_body = HolidaysBody,
    responses(
        (status = 200, description = "All holidays.", body = PublicHolidays),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn set_holidays(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<HolidaysBody>,
) -> Result<Json<PublicHolidays>, Problem> {
    let sent = body.holidays.ok_or_else(|| {
        Problem::invalid("holidays", "holidays is missing; an empty list removes all.")
    })?;
    check_count("holidays", &sent, MOST_HOLIDAYS)?;
    let mut rows = BTreeMap::new();
    for (at, holiday) in sent.into_iter().enumerate() {
        let row = holiday.into_row(&format!("holidays[{at}]"))?;
        let key = (row.region.clone(), row.day.clone());
        if let Some((first, _)) = rows.insert(key, (at, row)) {
            let field = format!("holidays[{at}]");
            let sentence = format!(
                "{field} is the same region and date as holidays[{first}]; name a day of a region \
                 once."
            );
            return Err(Problem::invalid(&field, sentence));
        }
    }
    let rows: Vec<HolidayRow> = rows.into_values().map(|(_, row)| row).collect();
    holidays::save_holidays(&app.operator(caller.by()), &client_id, &rows).await?;
    Ok(Json(holidays::show_holidays(&app.store, &client_id).await?))
}

impl HolidayBody {
    /// Checks a holiday; `place` is its path in the body.
    fn into_row(self, place: &str) -> Result<HolidayRow, Problem> {
        let wrong = |field: &str, what: &str| {
            let field = format!("{place}.{field}");
            let sentence = format!("{field} {what}.");
            Problem::invalid(&field, sentence)
        };
        let region = self.region.ok_or_else(|| wrong("region", "is missing"))?;
        let region = text_within(&format!("{place}.region"), region, 6)?;
        if !zones::is_region(&region) {
            let what =
                "must be a country, like AU, or a part of it that its numbers tell, like US-AL";
            return Err(wrong("region", what));
        }
        let date = self.date.ok_or_else(|| wrong("date", "is missing"))?;
        let date = NaiveDate::parse_from_str(date.trim(), "%Y-%m-%d").ok();
        let date = date.filter(|date| (2000..=2199).contains(&date.year()));
        let date = date.ok_or_else(|| {
            wrong("date", "must be a day from 2000-01-01 to 2199-12-31, like 2026-12-25")
        })?;
        let name = self.name.unwrap_or_default().replace('\0', "").trim().to_owned();
        if name.is_empty() {
            return Err(wrong("name", "is missing"));
        }
        let name = text_within(&format!("{place}.name"), name, LONGEST_NAME)?;
        Ok(HolidayRow { region, day: date.to_string(), name })
    }
}
