//! Code shared by browser and server: the rules of a call, phone numbers, plans and wire types.
//!
//! Nothing here reads a clock, opens a socket, or knows SQL or a DOM. Times and ids are arguments,
//! so the same code runs in a page, in the server and in a property test.

pub mod call;
pub mod disposition;
pub mod event;
pub mod notes;
pub mod phone;
pub mod plan;
pub mod share;
#[cfg(feature = "openapi")]
pub mod whole_number;
#[cfg(feature = "serde")]
pub mod wire;

/// Milliseconds since 1970-01-01T00:00:00Z, the only form in which times are stored and compared.
pub type Millis = i64;
