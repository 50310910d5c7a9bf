//! Seals over the events and decisions of each client.

pub mod complaint;
pub mod erase;
pub mod keys;
pub mod read;
pub mod rows;
pub mod write;
