//! Reads the settings of a client field by field; an error names the field.

use super::dispositions::read_dispositions;
use super::targets::read_targets;
use super::{ClientBody, FieldLabelBody, MergedValueBody, RetentionBody};
use crate::http::request::body::{self, Object};
use crate::http::request::bounds::{check_count, refuse_nul, text_within};
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use crate::patch::Patch;
use crate::services::access::domains;
use crate::services::analytics::breakdown::{MOST_EDGES, are_valid_edges};
use crate::storage::{ClientChange, MAX_FIELDS};
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::{FieldLabel, MergedValue};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// The most characters of an address.
const LONGEST_URL: usize = 2000;
/// The most entries of an allow-list of domains.
pub const MOST_DOMAINS: usize = 500;
/// The most features of a client.
pub const MOST_FEATURES: usize = 50;
/// The most characters of a feature's name.
pub const LONGEST_FEATURE: usize = 64;
/// The most characters of a field's name for people.
pub const LONGEST_FIELD_NAME: usize = 60;
/// The most characters of a unit.
pub const LONGEST_UNIT: usize = 20;
/// The most values of a field that have several spellings.
pub const MOST_MERGED: usize = 100;
/// The most spellings of a value.
pub const MOST_SPELLINGS: usize = 50;
/// The most characters of a value: longer ones are not counted separately.
pub const LONGEST_VALUE: usize = 100;
/// The most days of a retention that is not unlimited: a hundred years.
const MOST_DAYS: i64 = 36_500;
/// The highest limit of calls per month: a number that every JSON reader reads exactly (2⁵³ − 1).
const HIGHEST_LIMIT: i64 = 9_007_199_254_740_991;

/// Reads the address of a page that an agent's browser is sent to: a web address, or a path on this
/// server. Refuses anything that a browser would run, or that leads to another server than it seems
/// to.
fn read_crm_page(url: String) -> Result<String, Problem> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_page = match host {
        Some(host) => !host.is_empty() && !host.starts_with(['/', '?', '#', '\\']),
        None => url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\"),
    };
    let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_page && is_plain && url.chars().count() <= LONGEST_URL {
        return Ok(url);
    }
    let sentence = "crmUrl must be an address with http:// or https://, or a path like /leads.";
    Err(Problem::invalid("crmUrl", sentence))
}

/// Accepts an allow-list if each of its entries names a host.
fn read_allow_list(lines: &[String]) -> Result<Vec<String>, Problem> {
    check_count("allowedDomains", lines, MOST_DOMAINS)?;
    let checked = lines.iter().enumerate().map(|(place, line)| {
        domains::check_line(line).map_err(|what| {
            let field = format!("allowedDomains[{place}]");
            Problem::invalid(&field, format!("{field}: {what}"))
        })
    });
    checked.collect()
}

/// Accepts a list of features if it is short enough to be part of every `init`.
fn read_features(features: Vec<String>) -> Result<Vec<String>, Problem> {
    check_count("features", &features, MOST_FEATURES)?;
    let checked = features.into_iter().enumerate().map(|(place, feature)| {
        let field = format!("features[{place}]");
        refuse_nul(&field, &feature)?;
        text_within(&field, feature, LONGEST_FEATURE)
    });
    checked.collect()
}

/// Accepts edges if calls can be counted between them.
fn read_field_edges(
    all: BTreeMap<String, Vec<f64>>,
) -> Result<BTreeMap<String, Vec<f64>>, Problem> {
    if all.len() > MAX_FIELDS {
        let sentence = format!("fieldEdges must have at most {MAX_FIELDS} fields.");
        return Err(Problem::invalid("fieldEdges", sentence));
    }
    for (name, edges) in &all {
        text_within("fieldEdges", name.clone(), LONGEST_ID)?;
        refuse_nul("fieldEdges", name)?;
        let field = format!("fieldEdges.{name}");
        if !name.starts_with("context.") && !name.starts_with("metadata.") {
            let sentence = format!(
                "{field} must name a field below context or metadata, as only these hold numbers."
            );
            return Err(Problem::invalid(&field, sentence));
        }
        if !are_valid_edges(edges) {
            let sentence = format!(
                "{field} must be 1 to {MOST_EDGES} numbers, each greater than the one before."
            );
            return Err(Problem::invalid(&field, sentence));
        }
    }
    Ok(all)
}

/// Returns whether a text can be shown in one line.
fn is_shown(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
}

/// Accepts values that count as one if each spelling stands for one of them.
fn read_merged_values(
    place: usize,
    values: Vec<Object<MergedValueBody>>,
) -> Result<Vec<MergedValue>, Problem> {
    check_count(&format!("fieldLabels[{place}].values"), &values, MOST_MERGED)?;
    let mut known = BTreeSet::new();
    let mut merged = Vec::with_capacity(values.len());
    for (at, Object(MergedValueBody { value, spellings })) in values.into_iter().enumerate() {
        let field = |rest: &str| format!("fieldLabels[{place}].values[{at}].{rest}");
        let list = field("spellings");
        check_count(&list, &spellings, MOST_SPELLINGS)?;
        let texts = spellings.iter().enumerate();
        let texts = texts.map(|(n, text)| (format!("{list}[{n}]"), text));
        for (name, text) in [(field("value"), &value)].into_iter().chain(texts) {
            if !is_shown(text, LONGEST_VALUE) {
                let sentence = format!("{name} must be a text of 1 to {LONGEST_VALUE} characters.");
                return Err(Problem::invalid(&name, sentence));
            }
            if !known.insert(text.clone()) {
                return Err(Problem::invalid(&name, format!("{name} is on the list twice.")));
            }
        }
        if spellings.is_empty() {
            return Err(Problem::invalid(&list, format!("{list} must name a spelling.")));
        }
        merged.push(MergedValue { value, spellings });
    }
    Ok(merged)
}

/// Accepts names of fields if each can be shown.
fn read_field_labels(lines: Vec<Object<FieldLabelBody>>) -> Result<Vec<FieldLabel>, Problem> {
    check_count("fieldLabels", &lines, MAX_FIELDS)?;
    let mut fields = BTreeSet::new();
    let mut labels = Vec::with_capacity(lines.len());
    for (place, Object(FieldLabelBody { field, name, unit, values })) in
        lines.into_iter().enumerate()
    {
        let wrong = |part: &str, what: &str| {
            let part = format!("fieldLabels[{place}].{part}");
            Err(Problem::invalid(&part, format!("{part} {what}")))
        };
        let is_sent = ["context.", "metadata."].iter().any(|of| field.starts_with(of));
        if !is_sent || !is_shown(&field, LONGEST_ID) {
            return wrong("field", "must name a field below context or metadata.");
        }
        if !is_shown(&name, LONGEST_FIELD_NAME) {
            let what = format!("must be a text of 1 to {LONGEST_FIELD_NAME} characters.");
            return wrong("name", &what);
        }
        if unit.as_deref().is_some_and(|unit| !is_shown(unit, LONGEST_UNIT)) {
            let what = format!("must be a text of 1 to {LONGEST_UNIT} characters, or null.");
            return wrong("unit", &what);
        }
        if !fields.insert(field.clone()) {
            return wrong("field", "is on the list twice.");
        }
        let values = read_merged_values(place, values.unwrap_or_default())?;
        labels.push(FieldLabel { field, name, unit, values });
    }
    Ok(labels)
}

fn read_days(field: &'static str, days: Patch<i64>) -> Result<Patch<i64>, Problem> {
    days.try_map(|days| {
        if (1..=MOST_DAYS).contains(&days) {
            return Ok(days);
        }
        let sentence = format!("{field} must be a number of days from 1 to {MOST_DAYS}, or null.");
        Err(Problem::invalid(field, sentence))
    })
}

/// Reads a change to a client, if all of it can be stored.
pub fn read_client_change(body: ClientBody) -> Result<ClientChange, Problem> {
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
        let sentence = format!("limit must be a whole number, 0 to {HIGHEST_LIMIT}.");
        let possible = (0..=HIGHEST_LIMIT).contains(&limit);
        if possible { Ok(limit) } else { Err(Problem::invalid("limit", sentence)) }
    })?;
    let country = body.default_country.try_map(|country| {
        let two = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let sentence = "defaultCountry must be two capital letters, like IN.";
        if two { Ok(country) } else { Err(Problem::invalid("defaultCountry", sentence)) }
    })?;
    let (events_days, calls_days) = match body.retention {
        Patch::Absent => (Patch::Absent, Patch::Absent),
        Patch::Null => (Patch::Null, Patch::Null),
        Patch::Value(Object(RetentionBody { events_days, calls_days })) => (
            read_days("retention.eventsDays", events_days)?,
            read_days("retention.callsDays", calls_days)?,
        ),
    };
    Ok(ClientChange {
        name: body.name.map(|name| body::id_text("name", name)).transpose()?,
        plan: plan.transpose()?,
        limit,
        features: body.features.try_map(read_features)?,
        allowed_domains: body.allowed_domains.as_deref().map(read_allow_list).transpose()?,
        time_zone: zone.transpose()?,
        default_country: country,
        crm_url: body.crm_url.try_map(read_crm_page)?,
        dispositions: body.dispositions.try_map(read_dispositions)?,
        field_edges: body.field_edges.try_map(read_field_edges)?,
        targets: body.targets.try_map(|Object(targets)| read_targets(targets))?,
        suspended: body.suspended,
        require_agent_token: body.require_agent_token,
        viewers_export: body.viewers_may_export,
        field_labels: body.field_labels.try_map(read_field_labels)?,
        events_days,
        calls_days,
    })
}
