//! Shows and changes an account's settings; secrets can be written but never read back.

use crate::providers::Settings;
use crate::providers::masking::is_secret_name;
use crate::services::ServiceError;
use serde_json::{Map, Value};

/// Placeholder shown instead of a secret. Sent back, it means "keep the current secret".
pub const MARK: &str = "…";

/// Returns the settings with each secret replaced by [`MARK`].
pub fn mask_secrets(provider: &str, settings: &Value) -> Value {
    let mut shown = settings.clone();
    visit_secrets(provider, "", &mut shown, &mut |value| *value = MARK.into());
    shown
}

/// Whether the settings contain a secret.
pub fn has_secrets(provider: &str, settings: &Value) -> bool {
    let mut found = false;
    visit_secrets(provider, "", &mut settings.clone(), &mut |_| found = true);
    found
}

/// Merges a change into settings as RFC 7396 defines it: members not named stay, null removes, and
/// nested objects are merged likewise. [`MARK`] keeps a secret as it is.
pub fn merge_change(provider: &str, settings: &mut Value, change: Map<String, Value>) {
    merge_at(provider, "", settings, change);
}

/// Refuses settings that contain [`MARK`] in place of a secret: no stored secret exists for it.
pub fn check_marks(provider: &str, settings: &Value) -> Result<(), ServiceError> {
    let mut marked = false;
    visit_secrets(provider, "", &mut settings.clone(), &mut |value| marked |= *value == MARK);
    if !marked {
        return Ok(());
    }
    let sentence =
        format!("\"{MARK}\" stands for a secret that is already stored; enter the secret itself.");
    Err(ServiceError::Invalid { field: "settings", sentence })
}

fn merge_at(provider: &str, path: &str, settings: &mut Value, change: Map<String, Value>) {
    if !settings.is_object() {
        *settings = Map::new().into();
    }
    let Value::Object(fields) = settings else { return };
    for (name, value) in change {
        let place = nested_path(path, &name);
        match value {
            Value::Null => {
                fields.remove(&name);
            }
            Value::Object(change) => {
                merge_at(provider, &place, fields.entry(name).or_insert(Value::Null), change);
            }
            value => {
                let unchanged = value == MARK && is_secret(provider, &place);
                if !(unchanged && fields.contains_key(&name)) {
                    fields.insert(name, value);
                }
            }
        }
    }
}

/// Calls `act` on each secret in the settings.
fn visit_secrets(provider: &str, path: &str, value: &mut Value, act: &mut dyn FnMut(&mut Value)) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        let place = nested_path(path, name);
        match value {
            Value::Null => {}
            value if is_secret(provider, &place) => act(value),
            Value::Array(values) => {
                for value in values {
                    visit_secrets(provider, &place, value, act);
                }
            }
            value => visit_secrets(provider, &place, value, act),
        }
    }
}

/// Whether a field, named by its full path (`browserCalling.appSecret`), is a secret.
fn is_secret(provider: &str, place: &str) -> bool {
    let name = place.rsplit('.').next().unwrap_or(place);
    let named = Settings::secret_fields(provider);
    // Also checked by its name alone, so that a secret in an unknown field is not shown.
    named.iter().any(|field| *field == place || *field == name) || is_secret_name(name)
}

fn nested_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_merged_and_shown_without_their_secrets() {
        let mut settings = json!({"sid": "a", "apiToken": "hidden", "browser": {"appSecret": "too",
            "on": true}, "more": [{"password": "p"}]});
        let seen = mask_secrets("exotel", &settings);
        assert_eq!(
            seen,
            json!({"sid": "a", "apiToken": MARK, "browser": {"appSecret": MARK, "on": true},
                "more": [{"password": MARK}]})
        );
        let Value::Object(all) = seen else { unreachable!() };
        let change =
            json!({"apiToken": MARK, "sid": null, "browser": {"appSecret": MARK, "on": false}});
        let Value::Object(change) = change else { unreachable!() };
        merge_change("exotel", &mut settings, change);
        assert_eq!(
            settings,
            json!({"apiToken": "hidden", "browser": {"appSecret": "too", "on": false},
                "more": [{"password": "p"}]})
        );
        check_marks("exotel", &settings).unwrap();
        let mut fresh = json!({});
        merge_change("exotel", &mut fresh, all);
        assert!(check_marks("exotel", &fresh).is_err());
        assert!(has_secrets("exotel", &settings) && !has_secrets("exotel", &json!({"sid": "a"})));
    }
}
