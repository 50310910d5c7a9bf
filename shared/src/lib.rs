//! What browser and server must agree on: the rules of a call, phone numbers, plans and the
//! shapes on the wire.
//!
//! Nothing here reads a clock, opens a socket, knows SQL or a DOM: times and ids come in as
//! arguments, so that the same code runs in a page, in the server and in a property test.

pub mod call;
pub mod event;
pub mod notes;
pub mod phone;
pub mod plan;
#[cfg(feature = "serde")]
pub mod wire;

/// Milliseconds since 1970-01-01T00:00:00Z, the only form in which times are stored and
/// compared.
pub type Millis = i64;
