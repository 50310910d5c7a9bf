//! Both databases: SQL texts, group commits, several servers, outages, and copying.

pub mod both_kinds;
pub mod copy;
pub mod disks;
pub mod durability;
pub mod group_commit;
pub mod overload;
pub mod pooler;
pub mod serialization;
pub mod several_servers;
pub mod sql;
pub mod stored_once;
pub mod switch_over;
mod upgrade;
pub mod written_pages;
