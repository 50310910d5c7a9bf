//! Asks providers for the state of calls that have sent no reports: the report of an end can be
//! lost.

use super::record_report;
use crate::providers::Report;
use crate::services::ServiceError;
use crate::services::calls::dialing::SILENT_FOR;
use crate::services::calls::records::{CallRef, from_system};
use crate::services::calls::telephony::Telephony;
use crate::storage::{Client, Condition, ProviderCallRow, RecordError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, Outcome};
use std::time::Duration;

/// How often to look for calls that are due.
pub const INTERVAL: Duration = Duration::from_secs(10);
/// Calls asked about per pass, so that polling does not use up a provider's rate limit.
const BATCH: i64 = 50;
/// The longest pause between two requests about one call, in milliseconds.
const MAX_PAUSE: Millis = 600_000;
/// Requests about one call. With the pauses they span more than a day.
const MAX_CHECKS: i64 = 150;

/// Asks about the calls that are due.
pub async fn poll_due_calls(telephony: &Telephony) {
    let due = match telephony
        .store
        .providers()
        .system_list_due_provider_calls(telephony.now(), BATCH)
        .await
    {
        Ok(due) => due,
        Err(error) => {
            return tracing::warn!("the calls to ask providers about could not be read: {error}");
        }
    };
    for row in due {
        if let Err(error) = poll_call(telephony, &row).await {
            tracing::info!(
                session = row.session_id,
                "the status of a call could not be read from its provider: {error}"
            );
        }
    }
}

async fn poll_call(telephony: &Telephony, row: &ProviderCallRow) -> Result<(), ServiceError> {
    let now = telephony.now();
    let next = (row.checks < MAX_CHECKS).then(|| now + pause_after(row.checks));
    // The server that sets the next time first is the one that asks.
    let asks = telephony
        .store
        .providers()
        .claim_provider_check(&row.client_id, &row.session_id, row.checks, next)
        .await?;
    if !asks {
        return Ok(());
    }
    let never_more = async || -> Result<(), ServiceError> {
        let (client, session) = (&row.client_id, &row.session_id);
        telephony
            .store
            .providers()
            .claim_provider_check(client, session, row.checks + 1, None)
            .await?;
        Ok(())
    };
    let Some(client) = telephony.store.clients().find_client(&row.client_id).await? else {
        return never_more().await;
    };
    let Some(account) = telephony.accounts.by_id(&client.id, &row.account_id).await? else {
        return never_more().await;
    };
    let Some(their_id) = &row.provider_call_id else {
        // The provider never confirmed this call and so cannot be asked.
        give_up(telephony, &client, row).await?;
        return never_more().await;
    };
    let transport = telephony.provider_client.to_account(&account, Some(&row.session_id));
    let Some(report) = account.settings.look_up_call(&transport, their_id).await? else {
        return never_more().await;
    };
    let report = Report {
        session_id: Some(row.session_id.clone()),
        provider_call_id: Some(their_id.clone()),
        ..report
    };
    record_report(telephony, &client, &account, report, now).await?;
    Ok(())
}

/// Ends a call that its provider never confirmed, in a way that any later report outweighs.
async fn give_up(
    telephony: &Telephony,
    client: &Client,
    row: &ProviderCallRow,
) -> Result<(), ServiceError> {
    let call_ref = CallRef::new(client, row.call_sid.clone(), row.session_id.clone());
    let now = telephony.now();
    let fact = Fact::new_end(now, Outcome::Abandoned, "the provider never reported it");
    let condition = Condition::SilentSince(now - SILENT_FOR / 2);
    let record = from_system(telephony, &call_ref, fact, condition);
    match telephony.store.record(record).await {
        // It is already over, or a report has arrived meanwhile.
        Ok(_) | Err(RecordError::Refused(_)) => Ok(()),
        Err(error) => Err(ServiceError::of_system_record(error)),
    }
}

/// Returns the pause after so many requests, in milliseconds.
fn pause_after(checks: i64) -> Millis {
    let doubled = u32::try_from(checks).unwrap_or(u32::MAX).min(10);
    (SILENT_FOR / 2).saturating_mul(1 << doubled).min(MAX_PAUSE)
}
