//! Parses stored phone numbers of customers and leads again, which an earlier version could not all
//! parse. Runs once per database, before anything else writes. If it is interrupted, the next start
//! repeats it with the same result.

use crate::storage::customers::numbers::{dial_number, further_numbers, keep_further_numbers};
use crate::storage::database::pools::{again, reading, within};
use crate::storage::{Store, StoreError};
use sqlx::FromRow;

/// The setting that stores which version of the parser last ran.
const READ: &str = "numbers_read";
const READER: &str = "1";
/// Rows read at a time.
const AT_ONCE: i64 = 2_000;

#[derive(FromRow)]
struct Known {
    client_id: String,
    customer_id: String,
    phone: Option<String>,
    dial_number: Option<String>,
    custom_fields: Option<String>,
}

#[derive(FromRow)]
struct Lead {
    client_id: String,
    id: i64,
    phone: Option<String>,
    dial_number: Option<String>,
}

impl Store {
    /// Parses the numbers of all customers and leads, unless this version of the parser has done
    /// so.
    pub async fn system_read_numbers_once(&self) -> Result<(), StoreError> {
        let read: Option<String> =
            reading!(self, |db| sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
                .bind(READ)
                .fetch_optional(db))?;
        if read.as_deref() == Some(READER) {
            return Ok(());
        }
        // An empty database must stay empty, so that another can be copied to it.
        if self.system_client_ids().await?.is_empty() {
            return Ok(());
        }
        self.read_customers_numbers().await?;
        self.read_leads_numbers().await?;
        self.system_setting(READ, READER).await?;
        Ok(())
    }

    async fn read_customers_numbers(&self) -> Result<(), StoreError> {
        let (mut client, mut customer) = (String::new(), String::new());
        loop {
            let rows: Vec<Known> = reading!(self, |db| {
                sqlx::query_as(
                "SELECT client_id, customer_id, phone, dial_number, custom_fields FROM customers
                 WHERE client_id > $1 OR (client_id = $1 AND customer_id > $2)
                 ORDER BY client_id, customer_id LIMIT $3"
            )
            .bind(&client)
            .bind(&customer)
            .bind(AT_ONCE)
            .fetch_all(db)
            })?;
            let Some(last) = rows.last() else { return Ok(()) };
            client.clone_from(&last.client_id);
            customer.clone_from(&last.customer_id);
            let changed: Vec<(Known, Option<String>, bool)> = rows
                .into_iter()
                .filter_map(|row| {
                    let number = dial_number(row.phone.as_deref());
                    let (phone, fields) = (row.phone.as_deref(), row.custom_fields.as_deref());
                    let further = !further_numbers(phone, fields).is_empty();
                    (further || number != row.dial_number).then_some((row, number, further))
                })
                .collect();
            again!(self.pools, |pools| {
                let mut tx = pools.begin().await?;
                for (row, number, further) in &changed {
                    within!(tx, |db| sqlx::query(
                        "UPDATE customers SET dial_number = $3
                         WHERE client_id = $1 AND customer_id = $2"
                    )
                    .bind(&row.client_id)
                    .bind(&row.customer_id)
                    .bind(number)
                    .execute(db))?;
                    if *further {
                        keep_further_numbers(&mut tx, &row.client_id, &row.customer_id).await?;
                    }
                }
                tx.commit().await?;
                Ok::<_, StoreError>(())
            })?;
        }
    }

    async fn read_leads_numbers(&self) -> Result<(), StoreError> {
        let (mut client, mut id) = (String::new(), i64::MIN);
        loop {
            let rows: Vec<Lead> = reading!(self, |db| sqlx::query_as(
                "SELECT client_id, id, phone, dial_number FROM leads
                 WHERE client_id > $1 OR (client_id = $1 AND id > $2)
                 ORDER BY client_id, id LIMIT $3"
            )
            .bind(&client)
            .bind(id)
            .bind(AT_ONCE)
            .fetch_all(db))?;
            let Some(last) = rows.last() else { return Ok(()) };
            client.clone_from(&last.client_id);
            id = last.id;
            let changed: Vec<(Lead, String)> = rows
                .into_iter()
                .filter_map(|row| {
                    // If the text contains no number, the column holds the text itself.
                    let number = dial_number(row.phone.as_deref())?;
                    (Some(&number) != row.dial_number.as_ref()).then_some((row, number))
                })
                .collect();
            again!(self.pools, |pools| {
                let mut tx = pools.begin().await?;
                for (row, number) in &changed {
                    within!(tx, |db| sqlx::query(
                        "UPDATE leads SET dial_number = $3 WHERE client_id = $1 AND id = $2"
                    )
                    .bind(&row.client_id)
                    .bind(row.id)
                    .bind(number)
                    .execute(db))?;
                }
                tx.commit().await?;
                Ok::<_, StoreError>(())
            })?;
        }
    }
}
