//! Stores leads and the customers made from them.

use super::numbers::{first_dial_number, has_further_numbers, store_further_numbers};
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::columns::lead_columns;
use crate::storage::database::pools::{Tx, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::spellings::first_five_spellings;
use crate::storage::{LeadStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A lead as received.
#[derive(Debug, Clone)]
pub struct LeadChange {
    pub dialer_lead_id: Option<String>,
    pub full_name: Option<String>,
    pub phone: Option<String>,
    /// Possible spellings of the number, the best first.
    pub spellings: Vec<String>,
    pub email: Option<String>,
    pub agent_id: String,
    pub agent_name: Option<String>,
    /// The dialer's fields, by name.
    pub fields: BTreeMap<String, String>,
}

/// A stored lead.
#[derive(Debug, Clone)]
pub struct LeadRow {
    pub id: i64,
    pub dialer_lead_id: Option<String>,
    pub full_name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub agent_id: String,
    pub agent_name: Option<String>,
    pub customer_id: String,
    pub fields: BTreeMap<String, String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// The stored lead that a received one updates.
#[derive(FromRow)]
struct StoredLead {
    id: i64,
    dialer_lead_id: Option<String>,
    phone: Option<String>,
    full_name: Option<String>,
    email: Option<String>,
    customer_id: String,
    fields: String,
    created_at: Millis,
}

impl LeadStore<'_> {
    /// Gives leads to an agent of the client. Returns how many had another one; `None` if the client
    /// has no such agent.
    pub async fn assign_leads(
        self,
        client_id: &str,
        ids: &[i64],
        agent_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<u64>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_client(&mut tx, client_id).await?;
            lock_leads(&mut tx, client_id).await?;
            let agent: Option<Option<String>> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT name FROM agents WHERE client_id = $1 AND agent_id = $2"
            )
            .bind(client_id)
            .bind(agent_id)
            .fetch_optional(db))?;
            let Some(name) = agent else { return Ok(None) };
            let mut changed = 0;
            for id in ids {
                let result = query_tx!(tx, |db| sqlx::query(
                    "UPDATE leads SET agent_id = $3, agent_name = $4
                     WHERE client_id = $1 AND id = $2 AND agent_id <> $3"
                )
                .bind(client_id)
                .bind(*id)
                .bind(agent_id)
                .bind(&name)
                .execute(db))?;
                changed += result.rows_affected();
            }
            if changed > 0 {
                insert_audit(&mut tx, client_id, "leads.assigned", Some(agent_id), stamp).await?;
            }
            tx.commit().await?;
            Ok(Some(changed))
        })
    }

    /// Creates a lead, or updates the stored one (found by the dialer's id, else by its number),
    /// and the customer made from it. Also returns whether the lead is new.
    pub async fn save_lead(
        self,
        client_id: &str,
        change: LeadChange,
        now: Millis,
    ) -> Result<(LeadRow, bool), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let last = lock_leads(&mut tx, client_id).await?;
            let earlier = find_stored_lead(&mut tx, client_id, &change).await?;
            let is_new = earlier.is_none();
            let lead = match earlier {
                Some(earlier) => merge_lead(earlier, change.clone(), now)?,
                None => create_lead(&mut tx, client_id, last + 1, change.clone(), now).await?,
            };
            upsert_lead(&mut tx, client_id, &lead).await?;
            upsert_lead_customer(&mut tx, client_id, &lead).await?;
            tx.commit().await?;
            Ok((lead, is_new))
        })
    }
}

/// Locks a client's leads, which keeps two requests about one lead apart. Returns the latest id.
async fn lock_leads(tx: &mut Tx, client_id: &str) -> Result<i64, StoreError> {
    Ok(query_tx!(*tx, |db| sqlx::query_scalar(
        "INSERT INTO lead_heads (client_id, last_id) VALUES ($1, 0)
             ON CONFLICT (client_id) DO UPDATE SET last_id = lead_heads.last_id
             RETURNING last_id"
    )
    .bind(client_id)
    .fetch_one(db))?)
}

/// Finds the stored lead that a received one updates.
async fn find_stored_lead(
    tx: &mut Tx,
    client_id: &str,
    change: &LeadChange,
) -> Result<Option<StoredLead>, StoreError> {
    // Of several numbers in a text, the first identifies the lead.
    let first = first_dial_number(change.phone.as_deref());
    let numbers = first_five_spellings(if change.spellings.is_empty() {
        first.as_slice()
    } else {
        &change.spellings
    });
    let (sql, names) = match (&change.dialer_lead_id, &first) {
        (Some(id), _) => (
            concat!(
                "SELECT ",
                lead_columns!(),
                " FROM leads WHERE client_id = $1 AND dialer_lead_id IN ($2, $3, $4, $5, $6)
             LIMIT 1"
            ),
            [id.as_str(); 5],
        ),
        (None, Some(_)) => (
            concat!(
                "SELECT ",
                lead_columns!(),
                " FROM leads WHERE client_id = $1 AND dial_number IN ($2, $3, $4, $5, $6)
             ORDER BY updated_at DESC, id DESC LIMIT 1"
            ),
            numbers,
        ),
        // Texts such as "anonymous" are shared by many people.
        (None, None) => return Ok(None),
    };
    Ok(query_tx!(*tx, |db| sqlx::query_as(sql)
        .bind(client_id)
        .bind(names[0])
        .bind(names[1])
        .bind(names[2])
        .bind(names[3])
        .bind(names[4])
        .fetch_optional(db))?)
}

/// Merges the received lead into the stored one.
fn merge_lead(earlier: StoredLead, change: LeadChange, now: Millis) -> Result<LeadRow, StoreError> {
    let mut fields: BTreeMap<String, String> = serde_json::from_str(&earlier.fields)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    fields.extend(change.fields);
    Ok(LeadRow {
        id: earlier.id,
        dialer_lead_id: change.dialer_lead_id.or(earlier.dialer_lead_id),
        full_name: change.full_name.or(earlier.full_name),
        phone: change.phone.or(earlier.phone),
        email: change.email.or(earlier.email),
        agent_id: change.agent_id,
        agent_name: change.agent_name,
        customer_id: earlier.customer_id,
        fields,
        created_at: earlier.created_at,
        updated_at: now,
    })
}

/// Creates a lead. A customer that already has its number becomes the lead's customer.
async fn create_lead(
    tx: &mut Tx,
    client_id: &str,
    id: i64,
    change: LeadChange,
    now: Millis,
) -> Result<LeadRow, StoreError> {
    query_tx!(*tx, |db| sqlx::query("UPDATE lead_heads SET last_id = $2 WHERE client_id = $1")
        .bind(client_id)
        .bind(id)
        .execute(db))?;
    let numbers = first_five_spellings(&change.spellings);
    let known: Option<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT customer_id FROM customers
         WHERE client_id = $1 AND dial_number IN ($2, $3, $4, $5, $6)
         ORDER BY updated_at DESC, customer_id LIMIT 1"
    )
    .bind(client_id)
    .bind(numbers[0])
    .bind(numbers[1])
    .bind(numbers[2])
    .bind(numbers[3])
    .bind(numbers[4])
    .fetch_optional(db))?;
    Ok(LeadRow {
        id,
        dialer_lead_id: change.dialer_lead_id,
        full_name: change.full_name,
        phone: change.phone,
        email: change.email,
        agent_id: change.agent_id,
        agent_name: change.agent_name,
        customer_id: known.unwrap_or_else(|| format!("lead-{id}")),
        fields: change.fields,
        created_at: now,
        updated_at: now,
    })
}

async fn upsert_lead(tx: &mut Tx, client_id: &str, lead: &LeadRow) -> Result<(), StoreError> {
    let fields = serde_json::to_string(&lead.fields)
        .map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO leads (client_id, id, dialer_lead_id, phone, dial_number, full_name, email,
            agent_id, agent_name, customer_id, fields, created_at, updated_at, campaign)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (client_id, id) DO UPDATE SET dialer_lead_id = excluded.dialer_lead_id,
            phone = excluded.phone, dial_number = excluded.dial_number,
            full_name = excluded.full_name, email = excluded.email,
            agent_id = excluded.agent_id, agent_name = excluded.agent_name,
            fields = excluded.fields, updated_at = excluded.updated_at,
            campaign = excluded.campaign"
    )
    .bind(client_id)
    .bind(lead.id)
    .bind(&lead.dialer_lead_id)
    .bind(&lead.phone)
    .bind(first_dial_number(lead.phone.as_deref()))
    .bind(&lead.full_name)
    .bind(&lead.email)
    .bind(&lead.agent_id)
    .bind(&lead.agent_name)
    .bind(&lead.customer_id)
    .bind(fields)
    .bind(lead.created_at)
    .bind(lead.updated_at)
    .bind(lead.fields.get("campaign"))
    .execute(db))?;
    Ok(())
}

/// Stores the customer made from a lead. A customer that existed before belongs to the CRM and is
/// left unchanged.
async fn upsert_lead_customer(
    tx: &mut Tx,
    client_id: &str,
    lead: &LeadRow,
) -> Result<(), StoreError> {
    if lead.customer_id != format!("lead-{}", lead.id) {
        return Ok(());
    }
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO customers (client_id, customer_id, name, phone, dial_number, email,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (client_id, customer_id) DO UPDATE SET name = excluded.name,
            phone = excluded.phone, dial_number = excluded.dial_number,
            email = excluded.email, updated_at = excluded.updated_at"
    )
    .bind(client_id)
    .bind(&lead.customer_id)
    .bind(&lead.full_name)
    .bind(&lead.phone)
    .bind(first_dial_number(lead.phone.as_deref()))
    .bind(&lead.email)
    .bind(lead.created_at)
    .bind(lead.updated_at)
    .execute(db))?;
    if has_further_numbers(lead.phone.as_deref()) {
        store_further_numbers(tx, client_id, &lead.customer_id).await?;
    }
    Ok(())
}
