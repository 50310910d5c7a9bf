//! A client's customers.

use super::pools::{Tx, reading, within};
use super::{Store, StoreError};
use call_ribbon_shared::phone::DialNumber;
use sqlx::FromRow;

/// A customer.
#[derive(Debug, Clone, FromRow)]
pub struct CustomerRow {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl Store {
    /// The customers whose phone number is written in one of these ways, at most 20; the one that
    /// changed last comes first.
    pub async fn customers_by_numbers(
        &self,
        client_id: &str,
        spellings: &[String],
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let ways = five(spellings);
        Ok(reading!(self, |db| sqlx::query_as(
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

    /// The customers of whom one of these is a further number, at most 20; the one that changed
    /// last comes first.
    pub async fn customers_by_further_numbers(
        &self,
        client_id: &str,
        spellings: &[String],
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let ways = five(spellings);
        Ok(reading!(self, |db| sqlx::query_as(
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

/// The first five ways of writing a number; where there are fewer, the last one again.
pub(super) fn five(spellings: &[String]) -> [&str; 5] {
    let last = spellings.last().map_or("", String::as_str);
    std::array::from_fn(|at| spellings.get(at).map_or(last, String::as_str))
}

/// Sets a customer's further numbers, in place of those it had.
pub async fn set_further_numbers(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
    numbers: &[String],
) -> Result<(), sqlx::Error> {
    forget_further_numbers(tx, client_id, customer_id).await?;
    for number in numbers.iter().filter_map(|number| dial_number(Some(number))) {
        within!(*tx, |db| sqlx::query(
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

/// Forgets a customer's further numbers.
pub async fn forget_further_numbers(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    within!(*tx, |db| sqlx::query(
        "DELETE FROM customer_numbers WHERE client_id = $1 AND customer_id = $2"
    )
    .bind(client_id)
    .bind(customer_id)
    .execute(db))?;
    Ok(())
}

/// A number in the form in which it is searched for.
pub fn dial_number(phone: Option<&str>) -> Option<String> {
    phone.and_then(|phone| DialNumber::parse(phone).ok()).map(|number| number.as_str().to_owned())
}
