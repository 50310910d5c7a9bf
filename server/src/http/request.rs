//! What every request passes through: authentication, bodies, limits, tracing and error answers.

pub mod address;
pub mod auth;
pub mod below_path;
pub mod body;
mod body_words;
pub mod bounds;
pub mod cors;
pub mod get_only;
pub mod integers;
pub mod number_view;
pub mod packed_answer;
pub mod packed_body;
pub mod page_origin;
pub mod paths;
pub mod problem;
pub mod query;
pub mod query_params;
pub mod safe_headers;
pub mod slow_body;
pub mod surplus;
pub mod team_query;
pub mod trace;
pub mod unread_body;
pub mod volume;
