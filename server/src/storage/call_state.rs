//! Writes and reads the state of a call in its row.

use call_ribbon_shared::call::Call;

/// Returns the text of the column `state`.
pub fn write_state(call: &Call) -> Result<String, sqlx::Error> {
    call.to_stored().map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Reads a call from the columns `state` and `customer`.
pub fn read_state(state: &str, customer: Option<&str>) -> Result<Call, sqlx::Error> {
    Call::from_stored(state, customer).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
