//! What a client has set: its packs, and where its data say what a call is about.

use call_ribbon_rules::{Pack, Purpose, packs};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};

/// The most packs that are on.
pub const MOST_PACKS: usize = 20;
/// The most `callType`s with a purpose.
pub const MOST_CALL_TYPES: usize = 100;
/// How the names of packs begin that clients have written.
pub const OWN_PREFIX: &str = "own-";
/// The most characters of a pack's name, of a `callType`, and of a line of business.
pub const LONGEST_NAME: usize = 100;

/// Every pack that can be switched on.
static PACKS: LazyLock<Vec<Arc<Pack>>> =
    LazyLock::new(|| packs::built_in().unwrap_or_default().into_iter().map(Arc::new).collect());

/// The pack that is always on.
static OWN_LIST: LazyLock<Option<Arc<Pack>>> =
    LazyLock::new(|| packs::own_list().ok().map(Arc::new));

/// A client's rules of calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PermissionSettings {
    /// The names of the packs that are on; a new client has none.
    #[schema(schema_with = pack_list)]
    pub packs: Vec<String>,
    /// The purposes of calls by `customerData.callType`, in any letter case.
    #[schema(schema_with = purposes_by_type)]
    pub call_types: BTreeMap<String, Purpose>,
    /// The client's line of business, as packs name it, such as `bank`; null: not set.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", examples("nbfc"))]
    pub sector: Option<String>,
    /// The path in `customerData` of the account, such as a loan, that a call is about.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*([.][^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*)*$",
        examples("context.accountId")
    )]
    pub account_field: String,
    /// The path in `customerData` of who is called: `customer` or `borrower`, `guarantor`, or any
    /// other text for another person.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*([.][^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*)*$",
        examples("context.party")
    )]
    pub party_field: String,
    /// The path in `customerData` of the customer's time zone, an IANA name.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*([.][^.\u0000-\u001f\u007f-\u009f]*[^.\s\u0000-\u001f\u007f-\u009f][^.\u0000-\u001f\u007f-\u009f]*)*$",
        examples("context.timeZone")
    )]
    pub zone_field: String,
}

fn pack_list() -> Schema {
    let names = all_packs().iter().map(|pack| pack.name.clone());
    let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    ArrayBuilder::new()
        .items(name)
        .max_items(Some(MOST_PACKS))
        .description(Some("The names of the packs that are on; a new client has none."))
        .examples([json!(["in-rbi-recovery"])])
        .into()
}

fn purposes_by_type() -> Schema {
    let purpose = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([
        "recovery",
        "sales",
        "service",
        "transactional",
    ]));
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(LONGEST_NAME))
        .pattern(Some(
            r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        ));
    ObjectBuilder::new()
        .property_names(Some(name))
        .additional_properties(Some(purpose))
        .max_properties(Some(MOST_CALL_TYPES))
        .description(Some(
            "The purposes of calls by `customerData.callType`, in any letter case. A `callType` that \
             is itself the name of a purpose needs no entry. A call of unknown purpose is judged by \
             every rule.",
        ))
        .examples([json!({"collections": "recovery"})])
        .into()
}

impl Default for PermissionSettings {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            call_types: BTreeMap::new(),
            sector: None,
            account_field: "context.accountId".to_owned(),
            party_field: "context.party".to_owned(),
            zone_field: "context.timeZone".to_owned(),
        }
    }
}

impl PermissionSettings {
    /// Reads stored settings; `None` if they cannot be read, which a call must not be made on.
    pub fn from_stored(json: Option<&str>) -> Option<Self> {
        json.map_or_else(|| Some(Self::default()), |json| serde_json::from_str(json).ok())
    }

    /// Returns the purpose of a call with this `callType`.
    pub fn purpose_of(&self, call_type: &str) -> Option<Purpose> {
        let wanted = call_type.trim().to_lowercase();
        let set = self.call_types.iter().find(|(name, _)| name.trim().to_lowercase() == wanted);
        set.map(|(_, purpose)| *purpose).or_else(|| Purpose::from_word(&wanted))
    }
}

/// Returns every pack of this program that can be switched on.
pub fn all_packs() -> &'static [Arc<Pack>] {
    &PACKS
}

/// Returns the packs of this program by which a client's calls are judged: those that are on, and the
/// one about its own list.
pub fn active_packs(on: &[String]) -> Vec<Arc<Pack>> {
    let chosen = PACKS.iter().filter(|pack| on.contains(&pack.name));
    OWN_LIST.iter().chain(chosen).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_is_here_and_the_own_list_is_always_on() {
        assert_eq!(all_packs().len(), 9);
        assert_eq!(active_packs(&[]).len(), 1);
        assert_eq!(active_packs(&["uk-sales".to_owned(), "gone".to_owned()]).len(), 2);
    }

    #[test]
    fn a_call_type_is_read_in_any_case() {
        let mut settings = PermissionSettings::default();
        settings.call_types.insert("Loan Reminder".to_owned(), Purpose::Recovery);
        for (call_type, purpose) in [
            ("loan reminder ", Some(Purpose::Recovery)),
            ("SALES", Some(Purpose::Sales)),
            ("support", None),
            ("", None),
        ] {
            assert_eq!(settings.purpose_of(call_type), purpose, "{call_type}");
        }
    }
}
