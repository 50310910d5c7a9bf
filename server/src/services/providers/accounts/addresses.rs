//! Checks to which addresses an account's requests go, and that stored secrets are not sent to an
//! address for which they were not entered.

use super::fields::MARK;
use crate::outgoing::{AddressError, AddressGuard};
use crate::providers::Settings;
use crate::services::ServiceError;
use serde_json::{Map, Value};

/// Refuses addresses to which the server sends no requests. The provider's own are not resolved
/// here, so that an account can be entered while the machine's resolver is down.
pub async fn check_addresses(
    guard: &AddressGuard,
    settings: &Settings,
) -> Result<(), ServiceError> {
    for address in settings.addresses() {
        if address.url == address.usual {
            continue;
        }
        let (field, usual) = (address.field, address.usual);
        if let Err(refused) = guard.check_url(address.url).await {
            let what_to_do = match refused {
                AddressError::Invalid | AddressError::UserInfo => {
                    format!("enter an address like {usual}")
                }
                AddressError::Unencrypted | AddressError::NotPublic => format!(
                    "enter the provider's public address, like {usual}, or have the server's \
                     operator allow this network (allow_private_addresses)"
                ),
            };
            let sentence = format!("{field} {refused}: {what_to_do}.");
            return Err(ServiceError::Setting { field, sentence });
        }
    }
    Ok(())
}

/// Refuses a change of where secrets are sent, or of whose they are, unless it enters them again.
/// Otherwise a borrowed session could have stored secrets sent to a server of its own.
///
/// `after` is `parsed` as JSON.
pub fn check_secrets_entered(
    before: &Value,
    parsed: &Settings,
    after: &Value,
    change: &Map<String, Value>,
) -> Result<(), ServiceError> {
    // Settings that cannot be parsed were sent nowhere, so their secrets belong to no address yet.
    let old = Settings::from_json(parsed.provider_name(), before).ok();
    let old_uses = old.as_ref().map(Settings::secret_uses).unwrap_or_default();
    for used in parsed.secret_uses() {
        let old_use = old_uses.iter().find(|old| old.secrets == used.secrets);
        let old_value = |name| {
            let (_, value) = old_use?.determined_by.iter().find(|(other, _)| *other == name)?;
            Some(*value)
        };
        let mut values = used.determined_by.iter();
        let changed = values.find(|(name, value)| old_value(*name) != Some(*value));
        let Some((changed, _)) = changed else { continue };
        let is_missing = |secret: &&&str| {
            let stored = value_at(before.as_object(), secret).is_some();
            let remains = value_at(after.as_object(), secret).is_some();
            let entered = value_at(Some(change), secret).is_some_and(|value| *value != MARK);
            stored && remains && !entered
        };
        let missing: Vec<&str> = used.secrets.iter().filter(is_missing).copied().collect();
        if let Some(first) = missing.first() {
            let names = missing.join(" and ");
            let sentence = format!(
                "Enter {names} again: {changed} has changed, and stored secrets stay with the \
                 address and the account for which they were entered."
            );
            let field = first.rsplit('.').next().unwrap_or(first);
            return Err(ServiceError::Setting { field, sentence });
        }
    }
    Ok(())
}

/// Returns the value of a setting, in which a dot leads to a field of a nested object.
fn value_at<'a>(settings: Option<&'a Map<String, Value>>, name: &str) -> Option<&'a Value> {
    let value = match name.split_once('.') {
        Some((outer, inner)) => settings?.get(outer)?.get(inner),
        None => settings?.get(name),
    };
    value.filter(|value| !value.is_null())
}
