//! Stores one copy of a call's customer.
//!
//! Most events that carry `customerData` carry that of their call. It is cut out of their data, and
//! `event_data!` puts it back at the same place, so that readers get the bytes that were sent.

use super::{InClient, KnownCall};
use crate::storage::database::pools::{Tx, select_by_keys};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A shorter customer is not worth the column that holds its place.
const SHORTEST_CUT: usize = 16;

/// Puts the customer back into all events of these calls. `CROSS JOIN` keeps SQLite from starting
/// with the large table.
const RESTORE: &str = "
    UPDATE events SET data = SUBSTR(events.data, 1, CAST(events.customer_at AS INTEGER))
            || c.customer || SUBSTR(events.data, CAST(events.customer_at + 1 AS INTEGER)),
        customer_at = NULL
    FROM asked a CROSS JOIN calls c
    WHERE c.client_id = a.client_id AND c.call_seq = CAST(a.name AS BIGINT)
        AND events.client_id = c.client_id AND events.call_seq = c.call_seq
        AND events.customer_at IS NOT NULL
    RETURNING seq";

/// Returns an event's data without the text of the customer, and where that was, in characters.
pub fn cut_customer<'d>(data: &'d str, customer: Option<&str>) -> (Cow<'d, str>, Option<i64>) {
    let customer = customer.filter(|customer| customer.len() >= SHORTEST_CUT);
    let Some((before, after)) = customer.and_then(|customer| data.split_once(customer)) else {
        return (data.into(), None);
    };
    let at = i64::try_from(before.chars().count()).ok();
    (Cow::Owned([before, after].concat()), at)
}

/// Returns the calls whose customer is about to change, by client and number, for
/// [`restore_data`].
pub fn calls_to_restore(calls: &BTreeMap<InClient, KnownCall>) -> Vec<(String, String)> {
    let changing = calls.iter().filter(|(_, known)| {
        known.changed
            && known.stored_customer.is_some()
            && known.stored_customer.as_deref() != known.call.customer()
    });
    changing
        .map(|((client_id, _), known)| (client_id.clone(), known.call_seq.to_string()))
        .collect()
}

/// Restores the data of the stored events of these calls. Must run before the calls are written.
pub async fn restore_data(tx: &mut Tx, calls: &[(String, String)]) -> Result<(), sqlx::Error> {
    let keys: Vec<(&str, &str)> =
        calls.iter().map(|(client_id, call_seq)| (&**client_id, &**call_seq)).collect();
    select_by_keys::<(i64,)>(tx, &keys, RESTORE).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_cut_out_and_its_place_returned() {
        let customer = r#"{"customerId":"C1","name":"Zoë"}"#;
        let data = format!(r#"{{"note":"Zoë 😀","customerData":{customer},"x":1}}"#);
        let (cut, at) = cut_customer(&data, Some(customer));
        assert_eq!(cut, r#"{"note":"Zoë 😀","customerData":,"x":1}"#);
        let at = usize::try_from(at.unwrap()).unwrap();
        let before: String = cut.chars().take(at).collect();
        let after: String = cut.chars().skip(at).collect();
        assert_eq!([&before, customer, &after].concat(), data);
    }

    #[test]
    fn data_without_the_calls_customer_stays_whole() {
        let data = r#"{"customerData":{"customerId":"C1"}}"#;
        let other = r#"{"customerId":"C2"}"#;
        for customer in [None, Some(""), Some("{}"), Some(other)] {
            assert_eq!(cut_customer(data, customer), (data.into(), None), "{customer:?}");
        }
    }
}
