//! Numbers that must not be called, the files they came from, and consents.

use super::RawValue;
use serde::{Deserialize, Serialize};

/// An entry of the list of numbers that must not be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    /// The entry's id.
    #[cfg_attr(feature = "openapi", schema(examples("sup_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub entry_id: String,
    /// The number.
    #[cfg_attr(feature = "openapi", schema(examples("+919876543210")))]
    pub phone_number: String,
    /// What is forbidden: `all` calls, those for one `purpose`, or those about one `account`.
    #[cfg_attr(feature = "openapi", schema(examples("all")))]
    pub scope: String,
    /// Which purpose or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("sales")))]
    pub scope_value: Option<String>,
    /// Why the number must not be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asked in writing")))]
    pub reason: Option<String>,
    /// Its source: `agent` (the outcome of a call), `customer`, `staff`, `import`, or
    /// `registry:` and the registry's name.
    #[cfg_attr(feature = "openapi", schema(examples("agent")))]
    pub source: String,
    /// Since when the number must not be called.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub since: String,
    /// Until when; absent: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2026-10-12T10:30:00Z"))
    )]
    pub until: Option<String>,
    /// The name, at that time, of the person or agent who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub by: Option<String>,
    /// The call whose outcome made the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10"))
    )]
    pub session_id: Option<String>,
    /// When the entry was made.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub created_at: String,
    /// Who removed the entry; absent while it is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub removed: Option<Ended>,
}

/// How an entry was removed, or a consent withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// When.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub at: String,
    /// The name, at that time, of the person or agent who did it.
    #[cfg_attr(feature = "openapi", schema(examples("Asha Rao")))]
    pub by: String,
    /// Why.
    #[cfg_attr(feature = "openapi", schema(examples("Entered by mistake")))]
    pub reason: String,
}

/// A page of the list of numbers that must not be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suppressions {
    /// The entries.
    pub suppressions: Vec<Suppression>,
    /// The cursor of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: Option<String>,
}

/// A file from which entries came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressionImport {
    /// The import's id.
    #[cfg_attr(feature = "openapi", schema(examples("imp_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub import_id: String,
    /// The source of its entries.
    #[cfg_attr(feature = "openapi", schema(examples("registry:in-preference")))]
    pub source: String,
    /// The date of the file.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T00:00:00Z")))]
    pub as_of: String,
    /// When the import began.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub started_at: String,
    /// When it was finished; null: it is in progress, or was interrupted.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, format = DateTime, examples("2025-10-12T10:31:00Z"))
    )]
    pub finished_at: Option<String>,
    /// Lines that were read so far, without the heading.
    pub lines: i64,
    /// Lines whose numbers are on the list now.
    pub entries: i64,
    /// Lines that were left out.
    pub bad_lines: i64,
    /// The first of them.
    pub first_bad_lines: Vec<BadLine>,
    /// The name, at that time, of the person who imported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub by: Option<String>,
    /// Entries that the file added; the other lines were on the list before, or are in the file twice.
    /// Only in the answer to the import itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub added_entries: Option<u64>,
    /// Lines that forbid calls only from a later time on, their `since`. Only in the answer to the
    /// import itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub later_entries: Option<u64>,
    /// Entries of the same source that were removed because this file does not have them. Only in
    /// the answer to the import itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub removed_entries: Option<u64>,
}

impl SuppressionImport {
    /// Returns whether the file counts as a copy of its register: it was read to its end, it has
    /// numbers, and at most one line of a hundred was left out.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.finished_at.is_some()
            && self.entries > 0
            && self.bad_lines.saturating_mul(100) <= self.lines
    }
}

/// A line of a file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BadLine {
    /// The line's number in the file, from 1.
    #[cfg_attr(feature = "openapi", schema(examples(17)))]
    pub line: u64,
    /// What is wrong with it.
    #[cfg_attr(feature = "openapi", schema(examples("The number is too short.")))]
    pub error: String,
}

/// The latest imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuppressionImports {
    /// The newest first.
    pub imports: Vec<SuppressionImport>,
}

/// What a customer agreed to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The consent's id.
    #[cfg_attr(feature = "openapi", schema(examples("con_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub consent_id: String,
    /// The number; absent: every number of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("CUST-1001")))]
    pub customer_id: Option<String>,
    /// The purpose of the calls; absent: every purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("sales")))]
    pub purpose: Option<String>,
    /// `explicit`, `inferred`, `direct_prior`, `purchase` or `enquiry`.
    #[cfg_attr(feature = "openapi", schema(examples("explicit")))]
    pub kind: String,
    /// When it was given.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub given_at: String,
    /// When it ends; absent: it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2026-10-12T10:30:00Z"))
    )]
    pub expires_at: Option<String>,
    /// How it was given, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Object, nullable = false, examples(json!({"channel": "web form"})))
    )]
    pub proof: Option<Box<RawValue>>,
    /// The name, at that time, of the person who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub by: Option<String>,
    /// Who withdrew it; absent while it was not withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub withdrawn: Option<Ended>,
}

/// A page of consents.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Consents {
    /// The latest first.
    pub consents: Vec<Consent>,
    /// The cursor of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: Option<String>,
}
