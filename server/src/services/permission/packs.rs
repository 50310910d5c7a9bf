//! The packs of rules that a client has written, and all packs by which its calls are judged.

use crate::permission::{OWN_PREFIX, PermissionSettings, active_packs, all_packs};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{OwnPackRow, PackRemoval, PackSaved, Store};
use crate::time::YEARS;
use call_ribbon_rules::{Pack, Rule, Standing, Test, zones};
use call_ribbon_shared::Millis;
use chrono::Datelike as _;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most packs of a client's own.
pub const MOST_OWN_PACKS: i64 = 10;
/// The most characters of a title, and of the texts of a rule.
const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 500;
/// The most characters of a rule's id.
const LONGEST_ID: usize = 100;
/// The most rules of one pack: each call is judged by all of them, while other calls of the client wait.
const MOST_OWN_RULES: usize = 20;

/// A client's own pack, in the form in which it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnPackObject {
    #[schema(examples("own-lunch"))]
    name: String,
    /// Goes up with each change. A decision names the version that it was made by.
    version: u32,
    #[schema(examples("No calls at lunch"))]
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("IN"))]
    country: Option<String>,
    /// Its rules, as in `rules/packs` of the source.
    #[schema(value_type = Vec<Object>)]
    rules: Vec<Value>,
}

/// A client's own pack, and who changed it last.
#[derive(Debug)]
pub struct OwnPack {
    pub pack: Arc<Pack>,
    pub changed_at: Millis,
    pub by: Option<String>,
}

/// Returns the packs by which a client's calls are judged: those that are on, and the one about its
/// own list. Fails if one of the client's own cannot be read, on which a call must not be made.
pub async fn find_active_packs(
    store: &Store,
    client_id: &str,
    settings: &PermissionSettings,
) -> Result<Vec<Arc<Pack>>, ServiceError> {
    let mut packs = active_packs(&settings.packs);
    if !settings.packs.iter().any(|name| name.starts_with(OWN_PREFIX)) {
        return Ok(packs);
    }
    let own = list_own_packs(store, client_id).await?;
    for name in &settings.packs {
        if !name.starts_with(OWN_PREFIX) {
            continue;
        }
        let found = own.iter().find(|own| own.pack.name == *name).ok_or_else(|| {
            ServiceError::Conflict(format!(
                "The pack {name} of this client cannot be read; an admin has to save it or to \
                 switch it off."
            ))
        })?;
        packs.push(Arc::clone(&found.pack));
    }
    Ok(packs)
}

/// Returns a client's own packs, by name. One of a version of this program that this one cannot read
/// is left out.
pub async fn list_own_packs(store: &Store, client_id: &str) -> Result<Vec<OwnPack>, ServiceError> {
    let rows = store.permission().list_own_packs(client_id).await?;
    Ok(rows.into_iter().filter_map(read_own_pack).collect())
}

fn read_own_pack(row: OwnPackRow) -> Option<OwnPack> {
    let mut pack = Pack::from_json(&row.pack)
        .inspect_err(|error| tracing::warn!(%error, "a client's own pack cannot be read"))
        .ok()?;
    pack.version = u32::try_from(row.version).unwrap_or(u32::MAX);
    Some(OwnPack { pack: Arc::new(pack), changed_at: row.changed_at, by: row.by_name })
}

/// Finds a pack that can be tried: a shipped one, or one of the client's own.
pub async fn find_pack(
    store: &Store,
    client_id: &str,
    name: &str,
) -> Result<Arc<Pack>, ServiceError> {
    let own = list_own_packs(store, client_id).await?;
    let own = own.iter().map(|own| &own.pack);
    let known: Vec<&Arc<Pack>> = all_packs().iter().chain(own).collect();
    known.iter().find(|pack| pack.name == name).map(|pack| Arc::clone(pack)).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|pack| pack.name.as_str()).collect();
        let sentence = format!("pack must be one of: {}.", names.join(", "));
        ServiceError::Invalid { field: "pack", sentence }
    })
}

/// Returns one of a client's own packs.
pub async fn show_own_pack(
    store: &Store,
    client_id: &str,
    name: &str,
) -> Result<OwnPackObject, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let own = list_own_packs(store, client_id).await?;
    let found = own.into_iter().find(|own| own.pack.name == name);
    found.map(|own| to_object(&own.pack)).ok_or_else(unknown_pack)
}

/// Checks and saves a pack of a client's own; the version of the given one does not matter. Returns
/// the pack with its version.
pub async fn save_own_pack(
    operator: &Operator<'_>,
    client_id: &str,
    mut pack: Pack,
) -> Result<OwnPackObject, ServiceError> {
    pack.version = 0;
    check_name(&pack.name)?;
    check_texts(&pack)?;
    // Data of a pack always serialise.
    let json = serde_json::to_string(&pack).unwrap_or_default();
    let checked = Pack::from_json(&json)
        .map_err(|error| ServiceError::Invalid { field: "rules", sentence: error.to_string() })?;
    let (store, stamp) = (operator.store.permission(), operator.stamp());
    match store.save_own_pack(client_id, &checked.name, &json, MOST_OWN_PACKS, stamp).await? {
        PackSaved::Saved(version) => {
            pack.version = u32::try_from(version).unwrap_or(u32::MAX);
            Ok(to_object(&pack))
        }
        PackSaved::TooMany => Err(ServiceError::Conflict(format!(
            "This client has {MOST_OWN_PACKS} packs of its own; remove one first."
        ))),
        PackSaved::UnknownClient => Err(ServiceError::unknown_client()),
    }
}

/// Removes a pack of a client's own, which must be switched off, and returns it.
pub async fn remove_own_pack(
    operator: &Operator<'_>,
    client_id: &str,
    name: &str,
) -> Result<OwnPackObject, ServiceError> {
    let shown = show_own_pack(operator.store, client_id, name).await?;
    let store = operator.store.permission();
    match store.remove_own_pack(client_id, name, operator.stamp()).await? {
        PackRemoval::Removed => Ok(shown),
        PackRemoval::InUse => Err(ServiceError::Conflict(format!(
            "The pack {name} is on; take it out of packs of the rules of calling first."
        ))),
        PackRemoval::Unknown => Err(unknown_pack()),
    }
}

fn unknown_pack() -> ServiceError {
    ServiceError::Unknown("There is no such pack of this client's own.".to_owned())
}

/// Checks the name of a client's own pack. Its beginning keeps it apart from packs that this program
/// has, or gets in a later version.
fn check_name(name: &str) -> Result<(), ServiceError> {
    let rest = name.strip_prefix(OWN_PREFIX).unwrap_or_default();
    let is_word = !rest.is_empty()
        && name.len() <= LONGEST_ID
        && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let is_taken = name == "own-list" || all_packs().iter().any(|pack| pack.name == name);
    if is_word && !is_taken {
        return Ok(());
    }
    let sentence = if is_taken {
        format!("packName must not be {name}, which is a pack of this program.")
    } else {
        format!(
            "packName must begin with {OWN_PREFIX} and have at most {LONGEST_ID} small letters, \
             digits and -, such as own-lunch."
        )
    };
    Err(ServiceError::Invalid { field: "packName", sentence })
}

/// Checks what only a client's own pack must respect.
fn check_texts(pack: &Pack) -> Result<(), ServiceError> {
    let wrong = |field, sentence: String| Err(ServiceError::Invalid { field, sentence });
    if !is_text(&pack.title, LONGEST_TITLE) {
        return wrong(
            "title",
            format!("title must have 1 to {LONGEST_TITLE} printable characters."),
        );
    }
    let is_country =
        |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    if pack.country.as_ref().is_some_and(|country| !is_country(country)) {
        return wrong("country", "country must be two capital letters, like IN.".to_owned());
    }
    if pack.rules.is_empty() {
        return wrong("rules", "rules must have at least one rule.".to_owned());
    }
    if pack.rules.len() > MOST_OWN_RULES {
        return wrong("rules", format!("rules must have at most {MOST_OWN_RULES} rules."));
    }
    for rule in &pack.rules {
        if let Err(what) = check_rule(rule) {
            let id: String = rule.id.chars().take(LONGEST_ID).collect();
            return wrong("rules", format!("Rule {id:?}: {what}"));
        }
    }
    Ok(())
}

fn check_rule(rule: &Rule) -> Result<(), String> {
    if !is_text(&rule.id, LONGEST_ID) {
        return Err(format!("id must have 1 to {LONGEST_ID} printable characters."));
    }
    for (field, text) in [("says", &rule.says), ("source", &rule.source)] {
        if !is_text(text, LONGEST_TEXT) {
            return Err(format!("{field} must have 1 to {LONGEST_TEXT} printable characters."));
        }
    }
    if let Some(region) = rule.regions.iter().find(|region| !zones::is_region(region)) {
        let shown: String = region.chars().take(LONGEST_ID).collect();
        return Err(format!(
            "regions has {shown:?}, which is no country, like AU, and no part of one that its numbers \
             tell, like US-AL."
        ));
    }
    match &rule.test {
        Test::Registry { name, .. } if !is_text(name, LONGEST_ID) => {
            return Err(format!("name must have 1 to {LONGEST_ID} printable characters."));
        }
        Test::CallerSeries { series } if !series.iter().all(|one| is_prefix(&one.prefix)) => {
            return Err("prefix must be + and 1 to 15 digits, such as +911600.".to_owned());
        }
        _ => {}
    }
    let series = match &rule.test {
        Test::CallerSeries { series } => series.as_slice(),
        _ => &[],
    };
    let dates = series.iter().map(|one| ("appliesFrom", one.applies_from));
    let dates = dates.chain(rule.applies_from.map(|date| ("appliesFrom", date)));
    let mut dates = dates.chain([("sourceDate", rule.source_date)]);
    if let Some((field, _)) = dates.find(|(_, date)| !YEARS.contains(&date.year())) {
        return Err(format!(
            "{field} must be a day from 1900-01-01 to 2199-12-31, like 2026-12-25."
        ));
    }
    if rule.standing != Standing::Policy {
        return Err(
            "standing must be \"policy\": only packs of this program say what is law. Name \
                    the law in source."
                .to_owned(),
        );
    }
    Ok(())
}

fn is_prefix(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= most
        && !text.contains(|c: char| c.is_control())
}

fn to_object(pack: &Pack) -> OwnPackObject {
    // Data of a pack always serialise.
    let rules = pack.rules.iter().map(|rule| serde_json::to_value(rule).unwrap_or_default());
    OwnPackObject {
        name: pack.name.clone(),
        version: pack.version,
        title: pack.title.clone(),
        country: pack.country.clone(),
        rules: rules.collect(),
    }
}
