//! Attacks of a security review, with what they did to the build that it tried.

/// An attack.
pub struct Attack {
    /// What is done.
    pub done: &'static str,
    /// What it did to the build that the security review tried.
    pub before: &'static str,
    /// The scenario that does it today.
    pub scenario: &'static str,
}

/// The attacks of the security review that stopped or filled a server, and those it withstood.
pub const ATTACKS: &[Attack] = &[
    Attack {
        done: "Two webhooks of 1 MB of `\\`, or of 200 kB of `&`",
        before: "`/health` unanswered for the 30 s that were watched; the server did not stop at SIGTERM",
        scenario: "heavy-webhooks",
    },
    Attack {
        done: "220 connections that read no answer, 200 allowed",
        before: "`/health` unanswered for the 70 s that were watched; 28 MB before, 379 MB during, 346 MB after",
        scenario: "unread-files",
    },
    Attack {
        done: "105 live streams of one key, 100 connections allowed",
        before: "nobody else was answered, `/health` neither",
        scenario: "unread-streams",
    },
    Attack {
        done: "150 calls in progress with as much data as is accepted, listed four times at once",
        before: "1 MB a call was accepted; answers of 150 MB, up to 1400 MB of memory",
        scenario: "large-data",
    },
    Attack {
        done: "10,000 bodies that are not valid",
        before: "withstood: 29 MB before, 63 MB after",
        scenario: "bad-bodies",
    },
    Attack {
        done: "Thousands of silent and half-open connections",
        before: "withstood, with 3,000 that sent nothing: p99 of others 0.60 ms before, 0.64 ms during",
        scenario: "slow-connections",
    },
];
