//! The audit log: who did what, and when.

use super::reveal::RevealNumber;
use super::small_table::{Moment, SmallTable};
use crate::dashboard::access::Access;
use crate::dashboard::address::api_query;
use crate::dashboard::ui::{Card, Empty};
use crate::dashboard::views::paged_list::{Page, load_pages};
use leptos::prelude::*;
use serde::Deserialize;

/// Entries per page.
const ROWS: &str = "50";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    audit: Vec<Line>,
    next_cursor: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    at: String,
    act: String,
    subject: Option<String>,
    subject_name: Option<String>,
    by: Option<String>,
    by_id: Option<String>,
}

/// The texts for the actions of the log; an action that is missing here is shown by the server's
/// name. A test of the server reads this list (`server/tests/api/access/audit_words.rs`).
const ACTS: [(&str, &str); 63] = [
    ("client.created", "Created the client"),
    ("client.changed", "Changed the client's settings"),
    ("client.suspended", "Suspended the client"),
    ("key.created", "Created an API key"),
    ("key.revoked", "Revoked an API key"),
    ("token.created", "Created an admin token"),
    ("token.revoked", "Revoked an admin token"),
    ("dialer-key.created", "Created a dialer key"),
    ("dialer-key.revoked", "Revoked a dialer key"),
    ("agent.created", "Added an agent"),
    ("agent.changed", "Changed an agent"),
    ("agent.removed", "Removed an agent"),
    ("provider.created", "Created a provider account"),
    ("provider.changed", "Changed a provider account"),
    ("provider.removed", "Removed a provider account"),
    ("provider.validated", "Tested a provider account"),
    ("provider.webhook-secret", "Changed a webhook's address"),
    ("team.created", "Created a team"),
    ("team.changed", "Changed a team"),
    ("team.removed", "Removed a team"),
    ("follow_up.done", "Marked a follow-up as done"),
    ("follow_up.assigned", "Assigned a follow-up"),
    ("missed_call.done", "Marked a missed call as done"),
    ("missed_call.assigned", "Assigned a missed call"),
    ("missed_call.opened", "Reopened a missed call"),
    ("leads.assigned", "Gave leads to an agent"),
    ("agent_token_key.created", "Added a key of agent tokens"),
    ("agent_token_key.removed", "Removed a key of agent tokens"),
    ("person.created", "Created a person's account"),
    ("person.changed", "Changed a person's account"),
    ("person.disabled", "Disabled a person's account"),
    ("person.enabled", "Enabled a person's account"),
    ("person.password", "Changed a person's password"),
    ("person.removed", "Removed a person's account"),
    ("person.signed-in", "Signed in"),
    ("person.signed-out", "Signed out"),
    ("alerts.changed", "Changed the alerts"),
    ("callRules.changed", "Changed the rules of calling"),
    ("retention.run", "Removed old data"),
    ("calls.exported", "Exported calls"),
    ("number.revealed", "Revealed a phone number"),
    ("customer.exported", "Exported a customer's data"),
    ("customer.erased", "Erased a customer"),
    ("complaint-file.made", "Made a file for a complaint"),
    ("suppression.added", "Added a number not to call"),
    ("suppression.removed", "Removed a number not to call"),
    ("suppressions.imported", "Imported numbers not to call"),
    ("suppressions.exported", "Exported numbers not to call"),
    ("consent.added", "Entered a consent"),
    ("consent.restored", "Restored a consent"),
    ("consent.withdrawn", "Withdrew a consent"),
    ("receiver.created", "Created a receiver of webhooks"),
    ("receiver.changed", "Changed a receiver of webhooks"),
    ("receiver.key-exchanged", "Exchanged the key of a receiver of webhooks"),
    ("receiver.resent", "Sent webhooks again"),
    ("receiver.removed", "Removed a receiver of webhooks"),
    ("quietTime.added", "Entered a time without calls"),
    ("quietTime.removed", "Removed a time without calls"),
    ("holidays.changed", "Changed the public holidays"),
    ("ownPack.saved", "Saved an own pack of rules"),
    ("ownPack.removed", "Removed an own pack of rules"),
    ("view.saved", "Saved a view"),
    ("view.removed", "Removed a saved view"),
];

impl Page for Log {
    type Row = Line;

    fn into_parts(self) -> (Vec<Line>, Option<String>) {
        (self.audit, self.next_cursor)
    }
}

/// The tab.
#[component]
pub fn Audit() -> impl IntoView {
    let access = Access::from_context();
    let revealed = RwSignal::new(0_u32);
    let log = move || {
        // Another log is loaded, as it has another entry.
        revealed.track();
        view! { <AuditLog /> }
    };
    view! {
        <Show when=move || access.may_change()><RevealNumber on_reveal=move |()| revealed.update(|count| *count += 1) /></Show>
        {log}
    }
}

/// The entries.
#[component]
fn AuditLog() -> impl IntoView {
    let access = Access::from_context();
    let log =
        load_pages::<Log>(move || api_query(&access.settings_path("audit"), &[("limit", ROWS)]));
    let has_rows = Memo::new(move |_| !log.rows.read().is_empty());
    let table = move || {
        if !has_rows.get() {
            return log
                .render_placeholder(|| view! { <Empty title="No changes yet" /> }.into_any());
        }
        let heads = vec!["When", "Who", "What", "Which"];
        view! {
            <SmallTable caption="The audit log" heads=heads>
                <For each=move || log.rows.get() key=|line| format!("{line:?}") children=audit_row />
            </SmallTable>
        }
        .into_any()
    };
    view! { <Card title="Who did what, and when?" flush=true>{table} {log.render_footer()}</Card> }
}

fn audit_row(line: Line) -> impl IntoView {
    let known = ACTS.iter().find(|(act, _)| *act == line.act);
    let said = known.map_or_else(|| line.act.clone(), |(_, said)| (*said).to_owned());
    let by = line.by.unwrap_or_else(|| "Not recorded".to_owned());
    let subject = line.subject.unwrap_or_default();
    let name = line.subject_name.unwrap_or_else(|| subject.clone());
    view! {
        <tr>
            <td><Moment at=Some(line.at) /></td>
            <td class="name" dir="auto" title=line.by_id>{by}</td>
            <td title=line.act>{said}</td>
            <td class="name soft" dir="auto" title=subject>{name}</td>
        </tr>
    }
}
