//! Reads the audit log of a client for its staff and the operator.

use super::operator::Operator;
use crate::services::{ServiceError, cursor};
use crate::storage::AuditRow;
use crate::time;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A page of a client's audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLog {
    /// The newest first.
    audit: Vec<AuditEntry>,
    /// The cursor of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// One action on a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditEntry {
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    at: String,
    #[schema(examples("key.created"))]
    act: String,
    /// The key or agent that was changed; absent if it was the client itself.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The current name of the subject; absent if it has none or was removed.
    #[schema(nullable = false, examples("Ravi Kumar"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
    /// The name, at that time, of the person or token that did it; null in lines written by a
    /// version that did not store it.
    #[schema(required = true, examples("Asha Rao"))]
    by: Option<String>,
    /// The id of the token or person that did it; null for the operator.
    #[schema(required = true, examples("person_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    by_id: Option<String>,
}

/// Returns a page of a client's audit log, before the line with this number.
pub async fn list_entries(
    operator: &Operator<'_>,
    client_id: &str,
    before: i64,
    most: i64,
) -> Result<AuditLog, ServiceError> {
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let mut rows = operator.store.audit().list_audit_log(client_id, before, most + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor::write_line(row.seq));
    let names = operator.store.audit().list_subject_names(client_id).await?;
    let audit = rows.into_iter().map(|row| to_entry(row, &names)).collect();
    Ok(AuditLog { audit, next_cursor })
}

fn to_entry(row: AuditRow, names: &HashMap<String, String>) -> AuditEntry {
    let (act, subject) = match row.act.split_once(' ') {
        Some((act, subject)) => (act.to_owned(), Some(subject.to_owned())),
        None => (row.act, None),
    };
    let subject_name = subject.as_ref().and_then(|id| names.get(id)).cloned();
    AuditEntry {
        at: time::format(row.at),
        act,
        subject,
        subject_name,
        by: row.by_name,
        by_id: row.by_id,
    }
}
