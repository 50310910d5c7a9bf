//! Finds customers by phone number, and stores their further numbers.

use super::profile::FURTHER_NUMBERS;
use crate::customer::{read_fields, read_text};
use crate::phone::stored_forms;
use crate::storage::database::pools::{Tx, query_read, query_tx};
use crate::storage::spellings::first_five_spellings;
use crate::storage::{CustomerStore, StoreError};
use call_ribbon_shared::wire::RawValue;
use sqlx::FromRow;

/// A customer, as it is shown for an incoming call.
#[derive(Debug, Clone, FromRow)]
pub struct CustomerRow {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl CustomerStore<'_> {
    /// Returns at most 20 customers whose phone number has one of these spellings, the last changed
    /// first.
    pub async fn customers_by_numbers(
        self,
        client_id: &str,
        spellings: &[String],
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let ways = first_five_spellings(spellings);
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT customer_id, name, phone, email FROM customers
             WHERE client_id = $1 AND dial_number IN ($2, $3, $4, $5, $6)
             ORDER BY updated_at DESC, customer_id LIMIT 20"
        )
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .fetch_all(db))?)
    }

    /// Returns at most 20 customers that have one of these as a further number, the last changed
    /// first.
    pub async fn customers_by_further_numbers(
        self,
        client_id: &str,
        spellings: &[String],
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let ways = first_five_spellings(spellings);
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT DISTINCT c.customer_id, c.name, c.phone, c.email, c.updated_at
             FROM customer_numbers n
             JOIN customers c ON c.client_id = n.client_id AND c.customer_id = n.customer_id
             WHERE n.client_id = $1 AND n.dial_number IN ($2, $3, $4, $5, $6)
             ORDER BY c.updated_at DESC, c.customer_id LIMIT 20"
        )
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .fetch_all(db))?)
    }
}

/// Replaces a customer's further numbers by those in its row: all but the first of its phone, and
/// those in its custom fields.
pub async fn store_further_numbers(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    let row: Option<(Option<String>, Option<String>)> = query_tx!(*tx, |db| sqlx::query_as(
        "SELECT phone, custom_fields FROM customers WHERE client_id = $1 AND customer_id = $2"
    )
    .bind(client_id)
    .bind(customer_id)
    .fetch_optional(db))?;
    let (phone, custom_fields) = row.unwrap_or_default();
    delete_further_numbers(tx, client_id, customer_id).await?;
    for number in further_numbers(phone.as_deref(), custom_fields.as_deref()) {
        query_tx!(*tx, |db| sqlx::query(
            "INSERT INTO customer_numbers (client_id, dial_number, customer_id)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        )
        .bind(client_id)
        .bind(number)
        .bind(customer_id)
        .execute(db))?;
    }
    Ok(())
}

/// Deletes a customer's further numbers.
pub async fn delete_further_numbers(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM customer_numbers WHERE client_id = $1 AND customer_id = $2"
    )
    .bind(client_id)
    .bind(customer_id)
    .execute(db))?;
    Ok(())
}

/// Returns the first number in a text, in its normal form for lookups.
pub fn first_dial_number(phone: Option<&str>) -> Option<String> {
    phone.and_then(|phone| stored_forms(phone).into_iter().next())
}

/// Returns whether a text contains more than one number.
pub fn has_further_numbers(phone: Option<&str>) -> bool {
    phone.is_some_and(|phone| stored_forms(phone).len() > 1)
}

/// Returns a customer's further numbers in their normal form for lookups: all but the first of its
/// phone, and those in its custom fields.
pub fn further_numbers(phone: Option<&str>, custom_fields: Option<&str>) -> Vec<String> {
    let mut numbers = phone.map(stored_forms).unwrap_or_default();
    if !numbers.is_empty() {
        numbers.remove(0);
    }
    let fields = custom_fields.map(read_fields).unwrap_or_default();
    for value in FURTHER_NUMBERS.iter().filter_map(|name| fields.get(*name)) {
        match serde_json::from_str::<Vec<Box<RawValue>>>(value.get()) {
            Ok(several) => {
                let several = several.iter().filter_map(|one| read_text(one));
                numbers.extend(several.flat_map(|one| stored_forms(&one)));
            }
            Err(_) => numbers.extend(read_text(value).iter().flat_map(|one| stored_forms(one))),
        }
    }
    numbers
}

/// Returns the last ten digits of a number, which are the same with a country code, a leading zero,
/// or neither. A shorter number is returned with all of its digits.
pub(super) fn last_ten_digits(phone: Option<&str>) -> Option<String> {
    let digits: Vec<char> = phone?.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(10);
    (!digits.is_empty()).then(|| digits[from..].iter().collect())
}
