//! What every request passes through: connections, TLS, limits, errors, origins and logs.

pub mod below_path;
pub mod bounds;
pub mod connections;
pub mod cors;
pub mod early_answers;
pub mod errors;
pub mod heavy_texts;
pub mod limits;
mod packed_answers;
pub mod query;
pub mod safe_headers;
pub mod schema;
pub mod sizes;
pub mod tls;
pub mod trace;
pub mod unread_answers;
pub mod volume;
