//! A client's customers.

use super::pools::reading;
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
    /// The customer who has this number; of several the one that changed last.
    pub async fn customer_by_number(
        &self,
        client_id: &str,
        number: &DialNumber,
    ) -> Result<Option<CustomerRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT customer_id, name, phone, email FROM customers
             WHERE client_id = $1 AND dial_number = $2
             ORDER BY updated_at DESC, customer_id LIMIT 1"
        )
        .bind(client_id)
        .bind(number.as_str())
        .fetch_optional(db))?)
    }
}

/// A number in the form in which it is searched for.
pub fn dial_number(phone: Option<&str>) -> Option<String> {
    phone.and_then(|phone| DialNumber::parse(phone).ok()).map(|number| number.as_str().to_owned())
}
