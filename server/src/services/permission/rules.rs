//! A client's rules of calling: which packs are on, and how its calls are read.

use super::packs::{OwnPack, list_own_packs};
use crate::permission::{
    LONGEST_NAME, MOST_CALL_TYPES, MOST_PACKS, OWN_PREFIX, PermissionSettings, all_packs,
};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{RulesSaved, Store};
use crate::time;
use call_ribbon_rules::{Effect, MayOverride, Pack, Purpose, Rule, Standing};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The most characters of a path in `customerData`.
const LONGEST_PATH: usize = 200;

/// A pack of rules.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackObject {
    #[schema(examples("in-rbi-recovery"))]
    name: String,
    /// Goes up with each change. A decision names the version that it was made by.
    version: u32,
    #[schema(examples("India: recovery of loans"))]
    title: String,
    /// ISO 3166 alpha-2.
    #[schema(required = true, examples("IN"))]
    country: Option<String>,
    /// Whether the client has switched it on.
    active: bool,
    /// Whether the client has written it.
    own: bool,
    /// When a pack of the client's own was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    changed_at: Option<String>,
    /// The name, at that time, of the person who changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Asha Rao"))]
    changed_by: Option<String>,
    rules: Vec<RuleObject>,
}

/// A rule of a pack.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleObject {
    #[schema(examples("hours"))]
    id: String,
    /// The purposes of calls that it is about; empty for all.
    purposes: Vec<Purpose>,
    /// The regions that it is about; empty for all.
    #[schema(examples(json!(["US-FL"])))]
    regions: Vec<String>,
    effect: Effect,
    standing: Standing,
    may_override: MayOverride,
    /// The law or document that has the rule.
    source: String,
    #[schema(format = Date, examples("2022-08-12"))]
    source_date: String,
    /// The first day on which it applies; null: it always did.
    #[schema(required = true, format = Date, examples("2026-01-01"))]
    applies_from: Option<String>,
    /// What an agent reads.
    says: String,
    /// What it demands, in numbers.
    #[schema(value_type = Object)]
    test: Value,
}

/// A client's rules of calling.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallRules {
    pub settings: PermissionSettings,
    /// Every pack that can be switched on; those of the client's own are the last.
    pub packs: Vec<PackObject>,
}

/// Returns a client's settings, and all packs.
pub async fn show_rules(store: &Store, client_id: &str) -> Result<CallRules, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let stored = store.permission().find_call_rules(client_id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref()).unwrap_or_default();
    let own = list_own_packs(store, client_id).await?;
    let packs = all_packs().iter().map(|pack| to_object(pack, &settings));
    let packs = packs.chain(own.iter().map(|own| to_own_object(own, &settings))).collect();
    Ok(CallRules { settings, packs })
}

/// Returns whether any call of a client may be forbidden: a pack is on, or its list of numbers is not
/// empty. Settings that cannot be read forbid all calls.
pub async fn may_forbid_calls(store: &Store, client_id: &str) -> Result<bool, ServiceError> {
    let stored = store.permission().find_call_rules(client_id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref());
    Ok(settings.is_none_or(|settings| !settings.packs.is_empty())
        || store.permission().has_suppressions(client_id).await?)
}

/// Checks and saves a client's settings.
pub async fn save_rules(
    operator: &Operator<'_>,
    client_id: &str,
    settings: PermissionSettings,
) -> Result<(), ServiceError> {
    let settings = check_settings(settings)?;
    let json = serde_json::to_string(&settings).unwrap_or_default();
    let store = operator.store.permission();
    let own: Vec<&str> =
        settings.packs.iter().map(String::as_str).filter(|name| is_own_name(name)).collect();
    match store.save_call_rules(client_id, &json, &own, operator.stamp()).await? {
        RulesSaved::Saved => Ok(()),
        RulesSaved::UnknownPack(name) => Err(ServiceError::Invalid {
            field: "packs",
            sentence: format!("packs names {name}, and the client has no such pack of its own."),
        }),
        RulesSaved::UnknownClient => Err(ServiceError::unknown_client()),
    }
}

fn is_own_name(name: &str) -> bool {
    name.starts_with(OWN_PREFIX) && name.chars().count() <= LONGEST_NAME
}

fn check_settings(mut settings: PermissionSettings) -> Result<PermissionSettings, ServiceError> {
    let wrong = |field, sentence: String| Err(ServiceError::Invalid { field, sentence });
    let known: Vec<&str> = all_packs().iter().map(|pack| pack.name.as_str()).collect();
    if settings.packs.len() > MOST_PACKS {
        return wrong("packs", format!("packs must have at most {MOST_PACKS} entries."));
    }
    let mut seen = BTreeSet::new();
    settings.packs.retain(|name| seen.insert(name.clone()));
    if settings.packs.iter().any(|name| !known.contains(&name.as_str()) && !is_own_name(name)) {
        let known = known.join(", ");
        return wrong(
            "packs",
            format!("packs must be names of packs: {known}, or of the client's own."),
        );
    }
    if settings.call_types.len() > MOST_CALL_TYPES {
        return wrong(
            "callTypes",
            format!("callTypes must have at most {MOST_CALL_TYPES} entries."),
        );
    }
    let is_name = |text: &str| {
        !text.trim().is_empty()
            && text.chars().count() <= LONGEST_NAME
            && !text.contains(char::is_control)
    };
    if settings.call_types.keys().any(|name| !is_name(name)) {
        return wrong(
            "callTypes",
            format!("Each name in callTypes must have 1 to {LONGEST_NAME} printable characters."),
        );
    }
    let mut names = BTreeSet::new();
    let mut same = settings.call_types.keys().map(|name| name.trim().to_lowercase());
    if let Some(name) = same.find(|name| !names.insert(name.clone())) {
        return wrong(
            "callTypes",
            format!("callTypes has {name:?} twice, as letter case does not matter; send it once."),
        );
    }
    let is_blank = |sector: &String| sector.trim().is_empty() && !sector.contains(char::is_control);
    settings.sector =
        settings.sector.filter(|sector| !is_blank(sector)).map(|sector| sector.trim().to_owned());
    if settings.sector.as_deref().is_some_and(|sector| !is_name(sector)) {
        let sentence = format!("sector must have at most {LONGEST_NAME} printable characters.");
        return wrong("sector", sentence);
    }
    for (field, path) in [
        ("accountField", &settings.account_field),
        ("partyField", &settings.party_field),
        ("zoneField", &settings.zone_field),
    ] {
        let is_path = path.split('.').all(|name| !name.trim().is_empty())
            && path.chars().count() <= LONGEST_PATH
            && !path.contains(char::is_control);
        if !is_path {
            return wrong(
                field,
                format!(
                    "{field} must be a path in customerData of at most {LONGEST_PATH} characters, \
                     such as context.loanNumber."
                ),
            );
        }
    }
    Ok(settings)
}

fn to_object(pack: &Pack, settings: &PermissionSettings) -> PackObject {
    PackObject {
        name: pack.name.clone(),
        version: pack.version,
        title: pack.title.clone(),
        country: pack.country.clone(),
        active: settings.packs.contains(&pack.name),
        own: false,
        changed_at: None,
        changed_by: None,
        rules: pack.rules.iter().map(to_rule).collect(),
    }
}

fn to_own_object(own: &OwnPack, settings: &PermissionSettings) -> PackObject {
    PackObject {
        own: true,
        changed_at: Some(time::format(own.changed_at)),
        changed_by: own.by.clone(),
        ..to_object(&own.pack, settings)
    }
}

fn to_rule(rule: &Rule) -> RuleObject {
    RuleObject {
        id: rule.id.clone(),
        purposes: rule.purposes.clone(),
        regions: rule.regions.clone(),
        effect: rule.effect,
        standing: rule.standing,
        may_override: rule.may_override,
        source: rule.source.clone(),
        source_date: rule.source_date.to_string(),
        applies_from: rule.applies_from.map(|date| date.to_string()),
        says: rule.says.clone(),
        // Data of a pack always serialise.
        test: serde_json::to_value(&rule.test).unwrap_or_default(),
    }
}
