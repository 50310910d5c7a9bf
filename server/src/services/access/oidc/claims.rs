//! What the provider says about a person.

use super::LONGEST_ID;
use crate::config::GroupRole;
use crate::services::access::people::normalize_email;
use crate::services::access::role::Role;
use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most characters of a name that is stored.
const LONGEST_NAME: usize = 200;

/// The claims beside those of the standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MoreClaims {
    #[serde(flatten)]
    pub all: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

/// The claims of an ID token or of the userinfo address that count here.
#[derive(Debug)]
pub struct Told<'a> {
    pub email: Option<&'a str>,
    pub email_verified: Option<bool>,
    pub name: Option<&'a str>,
    pub user_name: Option<&'a str>,
    pub more: &'a MoreClaims,
}

/// A person whom the provider has identified.
#[derive(Debug, Default)]
pub struct KnownUser {
    pub subject: String,
    /// In lower case, and whether the provider has verified it.
    pub email: Option<(String, bool)>,
    pub name: Option<String>,
    /// `None` if the claim is missing.
    pub groups: Option<Vec<String>>,
    /// The provider's id of its own session.
    pub session_id: Option<String>,
}

impl KnownUser {
    /// Takes what is not known yet from claims.
    pub fn add_claims(&mut self, told: &Told<'_>, groups_claim: &str) {
        if self.email.is_none() {
            let email = told.email.and_then(|email| normalize_email(email).ok());
            self.email = email.map(|email| (email, told.email_verified == Some(true)));
        }
        if self.name.is_none() {
            self.name = told.name.or(told.user_name).and_then(clean_name);
        }
        if self.groups.is_none() {
            self.groups = read_groups(&told.more.all, groups_claim);
        }
        if self.session_id.is_none() {
            self.session_id = told.more.all.get("sid").and_then(read_id);
        }
    }

    /// Returns the name to show.
    pub fn shown_name(&self) -> &str {
        let email = self.email.as_ref().map(|(email, _)| email.as_str());
        self.name.as_deref().or(email).unwrap_or(&self.subject)
    }

    /// Returns the clients at which the person has a role, in the order of the settings. Of several
    /// roles at one client, the highest counts.
    pub fn find_roles<'r>(&self, roles: &'r [GroupRole]) -> Vec<(&'r str, Role)> {
        let groups = self.groups.as_deref().unwrap_or_default();
        let mut found: Vec<(&str, Role)> = Vec::new();
        for GroupRole { group, client_id, role } in roles {
            let Some(role) = Role::parse(role).filter(|_| groups.contains(group)) else { continue };
            match found.iter_mut().find(|(client, _)| client == client_id) {
                Some((_, highest)) => *highest = role.min(*highest),
                None => found.push((client_id, role)),
            }
        }
        found
    }
}

/// Reads an identifier of the provider's.
pub fn read_id(value: &Value) -> Option<String> {
    let id = value.as_str()?;
    let is_id = !id.is_empty() && id.len() <= LONGEST_ID && !id.contains('\0');
    is_id.then(|| id.to_owned())
}

/// Returns a name without control characters, of a length that can be stored.
fn clean_name(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// Reads the names of groups: a list of texts, or one text.
fn read_groups(claims: &Map<String, Value>, claim: &str) -> Option<Vec<String>> {
    // A name with points, such as an address, may be the claim's own.
    let value = claims.get(claim).or_else(|| {
        let (first, rest) = claim.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
    });
    match value? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(several) => {
            Some(several.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use serde_json::json;

    #[test]
    fn groups_are_read_from_each_form_of_the_claim() {
        let several = || Some(vec!["a".to_owned(), "b".to_owned()]);
        for (claims, claim, expected) in [
            (json!({"groups": ["a", "b"]}), "groups", several()),
            (json!({"groups": "a"}), "groups", Some(vec!["a".to_owned()])),
            (json!({"groups": ["a", 1, {}, "b"]}), "groups", several()),
            (json!({"realm_access": {"roles": ["a", "b"]}}), "realm_access.roles", several()),
            (json!({"https://x.example/g": ["a", "b"]}), "https://x.example/g", several()),
            (json!({"groups": []}), "groups", Some(Vec::new())),
            (json!({"groups": {"a": 1}}), "groups", None),
            (json!({"groups": null}), "groups", None),
            (json!({"realm_access": ["a"]}), "realm_access.roles", None),
            (json!({}), "groups", None),
            (json!({}), "a.b.c", None),
        ] {
            let found = read_groups(claims.as_object().unwrap(), claim);
            assert_eq!(found, expected, "{claims} {claim}");
        }
    }

    #[test]
    fn the_highest_role_of_a_client_counts() {
        assert!(config::OIDC_ROLES.into_iter().all(|role| Role::parse(role).is_some()));
        let roles: Vec<GroupRole> =
            ["a=c1/masked-viewer", "b=c1/admin", "c=c1/viewer", "a=c2/viewer"]
                .map(|text| text.parse().unwrap())
                .into();
        let found = |groups: &[&str]| {
            let groups = Some(groups.iter().map(|&group| group.to_owned()).collect());
            KnownUser { groups, ..KnownUser::default() }.find_roles(&roles)
        };
        assert_eq!(found(&["a"]), [("c1", Role::MaskedViewer), ("c2", Role::Viewer)]);
        assert_eq!(found(&["a", "c"]), [("c1", Role::Viewer), ("c2", Role::Viewer)]);
        assert_eq!(found(&["c", "b"]), [("c1", Role::Admin)]);
        // A group's name is compared as it is written.
        assert_eq!(found(&["A", "a ", "x"]), []);
        assert_eq!(KnownUser::default().find_roles(&roles), []);
    }

    #[test]
    fn names_from_outside_are_cleaned() {
        assert_eq!(clean_name(" Asha\u{0}\n Rao ").as_deref(), Some("Asha Rao"));
        assert_eq!(clean_name(" \u{7}"), None);
        assert_eq!(clean_name(&"x".repeat(300)).unwrap().len(), 200);
        assert_eq!(read_id(&json!("x".repeat(256))), None);
        assert_eq!(read_id(&json!(7)), None);
    }
}
