//! Saves leads that a dialer sends when an agent has found an interested person.

use super::matching::Numbers;
use crate::phone::join_country_code;
use crate::services::ServiceError;
use crate::services::providers::accounts::AccountCache;
use crate::storage::{Client, LeadChange, LeadRow, Store};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use utoipa::ToSchema;

/// The fields that a dialer may send about a lead. Each is stored as it was sent.
pub const FIELDS: &[&str] = &[
    "lead_id",
    "vendor_id",
    "list_id",
    "gmt_offset_now",
    "phone_code",
    "phone_number",
    "title",
    "first_name",
    "middle_initial",
    "last_name",
    "full_name",
    "address1",
    "address2",
    "address3",
    "city",
    "state",
    "province",
    "postal_code",
    "country_code",
    "gender",
    "date_of_birth",
    "alt_phone",
    "security_phrase",
    "phone",
    "email",
    "comments",
    "notes",
    "campaign",
    "phone_login",
    "fronter",
    "closer",
    "group",
    "channel_group",
    "SQLdate",
    "epoch",
    "uniqueid",
    "customer_zap_channel",
    "server_ip",
    "SIPexten",
    "session_id",
    "dialed_number",
    "dialed_label",
    "rank",
    "owner",
    "camp_script",
    "in_script",
    "script_width",
    "script_height",
    "recording_file",
];

/// What a dialer sent.
#[derive(Debug)]
pub struct SentLead {
    pub dialer_user_id: Option<String>,
    /// The agent's user name at the dialer.
    pub user: Option<String>,
    /// Those of [`FIELDS`] that are not empty.
    pub fields: BTreeMap<String, String>,
}

/// The answer to a lead.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeadSaved {
    /// Always true.
    success: bool,
    lead: LeadObject,
    message: &'static str,
    /// The client's CRM page for this lead; null if none is configured.
    #[schema(
        required = true,
        examples("https://crm.example.com/leads?from_dialer=true&lead_id=7")
    )]
    redirect_url: Option<String>,
}

/// A lead, under the names that dialers use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadKept)]
struct LeadObject {
    id: i64,
    #[schema(required = true)]
    full_name: Option<String>,
    #[schema(required = true)]
    phone: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    status: &'static str,
    #[schema(required = true)]
    assigned_agent_name: Option<String>,
    assigned_agent_username: String,
    #[schema(required = true)]
    dialer_lead_id: Option<String>,
    /// The customer that the ribbon shows when this lead calls.
    customer_id: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    updated_at: String,
    /// The rest of [`FIELDS`], null if not sent.
    #[serde(flatten)]
    sent: BTreeMap<&'static str, Option<String>>,
}

/// Creates a lead or changes the existing one, and its customer with it.
pub async fn save_lead(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    sent: SentLead,
    now: Millis,
) -> Result<LeadSaved, ServiceError> {
    let agent = match (&sent.dialer_user_id, &sent.user) {
        (Some(id), _) => store.agents().find_agent_of_dialer(&client.id, id).await?.ok_or(id),
        (None, Some(name)) => {
            store.agents().find_agent_by_user_name(&client.id, name).await?.ok_or(name)
        }
        (None, None) => {
            return Err(ServiceError::Invalid {
                field: "dialer_user_id",
                sentence: "Missing required fields: dialer_user_id, user or agent_username"
                    .to_owned(),
            });
        }
    };
    let agent = agent
        .map_err(|name| ServiceError::Unknown(format!("Agent with username '{name}' not found")))?;
    let (_, crm_page) = store.clients().find_client_extras(&client.id).await?;
    let phone = lead_phone(&sent.fields);
    let numbers = Numbers::of_client(store, accounts, client).await?;
    let change = LeadChange {
        dialer_lead_id: sent.fields.get("lead_id").cloned(),
        full_name: full_name(&sent.fields),
        spellings: phone.as_deref().map(|phone| numbers.all_spellings(phone)).unwrap_or_default(),
        phone,
        email: sent.fields.get("email").cloned(),
        agent_id: agent.agent_id,
        agent_name: agent.name,
        fields: sent.fields,
    };
    let (row, is_new) = store.leads().save_lead(&client.id, change, now).await?;
    Ok(LeadSaved {
        success: true,
        redirect_url: crm_page.map(|page| redirect_url(&page, &row)),
        lead: to_object(row),
        message: if is_new { "Lead created successfully" } else { "Lead updated successfully" },
    })
}

fn to_object(row: LeadRow) -> LeadObject {
    let own = ["lead_id", "full_name", "phone", "email"];
    let mut fields = row.fields;
    let rest = FIELDS.iter().copied().filter(|name| !own.contains(name));
    LeadObject {
        sent: rest.map(|name| (name, fields.remove(name))).collect(),
        id: row.id,
        full_name: row.full_name,
        phone: row.phone,
        email: row.email,
        status: "interested",
        assigned_agent_name: row.agent_name,
        assigned_agent_username: row.agent_id,
        dialer_lead_id: row.dialer_lead_id,
        customer_id: row.customer_id,
        created_at: time::format(row.created_at),
        updated_at: time::format(row.updated_at),
    }
}

/// Returns the name as it was sent, else built from its parts without the title.
fn full_name(fields: &BTreeMap<String, String>) -> Option<String> {
    if let Some(name) = fields.get("full_name") {
        return Some(name.clone());
    }
    let parts = ["first_name", "middle_initial", "last_name"];
    let parts: Vec<&str> = parts
        .iter()
        .filter_map(|name| fields.get(*name))
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Returns the number as it was sent, else the dialer's, with the country code if it has one.
fn lead_phone(fields: &BTreeMap<String, String>) -> Option<String> {
    if let Some(phone) = fields.get("phone") {
        return Some(phone.clone());
    }
    let number = fields.get("phone_number")?;
    let joined = fields.get("phone_code").and_then(|code| join_country_code(code, number));
    Some(joined.unwrap_or_else(|| number.trim().to_owned()))
}

/// Returns the client's CRM page with the lead in its query, placed before any fragment.
fn redirect_url(page: &str, lead: &LeadRow) -> String {
    let (page, fragment) = match page.split_once('#') {
        Some((page, fragment)) => (page, format!("#{fragment}")),
        None => (page, String::new()),
    };
    let mark = if page.contains('?') { '&' } else { '?' };
    let mut url = format!("{page}{mark}from_dialer=true&lead_id={}", lead.id);
    let notes = lead.fields.get("notes");
    for (name, value) in [
        ("full_name", lead.full_name.as_ref()),
        ("phone", lead.phone.as_ref()),
        ("email", lead.email.as_ref()),
        ("notes", notes),
    ] {
        // Writing to a String cannot fail.
        let _ = write!(url, "&{name}=");
        percent_encode(&mut url, value.map(String::as_str).unwrap_or_default());
    }
    url + &fragment
}

/// Percent-encodes every character with a meaning in a query.
fn percent_encode(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_of(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_name_and_a_number_are_put_together() {
        let parts = fields_of(&[("title", "Dr"), ("first_name", "Asha"), ("last_name", "Rao ")]);
        assert_eq!(full_name(&parts).as_deref(), Some("Asha Rao"));
        assert_eq!(full_name(&fields_of(&[("title", "Dr")])), None);
        let number = fields_of(&[("phone_code", "91"), ("phone_number", "9876543210")]);
        assert_eq!(lead_phone(&number).as_deref(), Some("+919876543210"));
        assert_eq!(lead_phone(&fields_of(&[("phone_number", "112")])).as_deref(), Some("112"));
        for (code, number, whole) in [
            ("91", "9876543211", "+919876543211"),
            ("91", "09876543211", "+919876543211"),
            ("91", "919876543212", "+919876543212"),
            ("91", "9198765432", "+919198765432"),
            ("+91", "98765 43211", "+919876543211"),
            ("0091", "9876543211", "+919876543211"),
            ("44", "07700900123", "+447700900123"),
            ("44", "447700900123", "+447700900123"),
            ("44", "(0)20 7946 0958", "+442079460958"),
            ("1", "12125550100", "+12125550100"),
            ("1", "2125550100", "+12125550100"),
            ("39", "0669812345", "+390669812345"),
            ("39", "390669812345", "+390669812345"),
            ("49", "030 1234567", "+49301234567"),
            ("7", "84951234567", "+74951234567"),
            ("1", "+91112", "+91112"),
            ("1", "00919876543211", "+919876543211"),
            // Prefixes for calls abroad, which belong to no number.
            ("011", "447700900124", "+447700900124"),
            ("00", "447700900124", "+447700900124"),
            ("0011", "447700900124", "+447700900124"),
            ("01144", "7700900124", "+447700900124"),
            ("+0044", "7700900124", "+447700900124"),
            ("044", "07700900124", "+447700900124"),
            ("011", "+447700900124", "+447700900124"),
            ("1", "011447700900124", "+447700900124"),
            ("0", "9876543211", "9876543211"),
            ("00", "02079460958", "02079460958"),
            ("1", "0000000000", "0000000000"),
            ("91", "0", "0"),
            ("91", "unknown", "unknown"),
            ("", "9876543211", "9876543211"),
            ("x", "9876543211", "9876543211"),
            ("91", "12", "12"),
            ("91", "9876543211 / 9876543212", "9876543211 / 9876543212"),
        ] {
            let fields = fields_of(&[("phone_code", code), ("phone_number", number)]);
            assert_eq!(lead_phone(&fields).as_deref(), Some(whole), "{code} {number}");
        }
    }
}
