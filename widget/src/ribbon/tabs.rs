//! Several tabs of one browser, and what they share.

pub(super) mod lock;
