//! Connects to SQLite or PostgreSQL: pools, schema, retries, health checks, and copying a database.

pub mod checkup;
pub mod columns;
pub mod copy;
pub mod pools;
pub mod portion;
pub mod readiness;
pub mod retry;
pub mod schema;
pub mod settings;
