//! The parts of a query for open follow-ups: those of calls, and those without a call.
//!
//! A query joins [`due_calls!`], a condition on `call_notes` as `n` and `calls` as `c`,
//! [`and_uncalled!`], a condition on `follow_ups` as `f`, and [`end_of_due!`]. It returns at most
//! `$4` rows of the client `$1`, due from `$2` (inclusive) to `$3` (exclusive). A file with such a
//! query also imports the macros that these use.

/// Whether somebody has not spoken since then with the customer of a call or of a follow-up, or,
/// without a customer, with the number. The arguments are a table's name in the query and its column
/// with the time.
macro_rules! not_spoken_since {
    ($of:literal, $since:literal) => {
        concat!(
            "NOT EXISTS (SELECT l.call_sid FROM calls l
              WHERE l.client_id = ",
            $of,
            ".client_id AND l.customer_id = ",
            $of,
            ".customer_id AND l.started_at > ",
            $of,
            ".",
            $since,
            " AND (l.connected_at IS NOT NULL OR l.duration > 0 OR l.status = 'active'))
             AND NOT EXISTS (SELECT l.call_sid FROM calls l
              WHERE ",
            $of,
            ".customer_id IS NULL AND l.customer_id IS NULL AND l.client_id = ",
            $of,
            ".client_id AND l.phone = ",
            $of,
            ".phone AND l.started_at > ",
            $of,
            ".",
            $since,
            " AND (l.connected_at IS NOT NULL OR l.duration > 0 OR l.status = 'active'))"
        )
    };
}

/// The beginning.
macro_rules! due_calls {
    () => {
        // `CROSS JOIN` keeps SQLite from starting with the large table.
        concat!(
            "SELECT * FROM (SELECT ",
            noted_call_columns!(),
            " FROM call_notes n CROSS JOIN calls c
             WHERE n.client_id = $1 AND n.follow_up_at IS NOT NULL AND "
        )
    };
}

/// The middle.
macro_rules! and_uncalled {
    () => {
        concat!(
            "n.follow_up_at >= $2 AND n.follow_up_at < $3
               AND c.client_id = n.client_id AND c.call_sid = n.call_sid AND ",
            not_spoken_since!("c", "started_at"),
            " ORDER BY n.follow_up_at, n.call_sid LIMIT $4) AS of_calls
             UNION ALL SELECT * FROM (SELECT ",
            uncalled_columns!(),
            " FROM follow_ups f WHERE f.client_id = $1 AND "
        )
    };
}

/// The end.
macro_rules! end_of_due {
    () => {
        concat!(
            "f.follow_up_at >= $2 AND f.follow_up_at < $3 AND ",
            not_spoken_since!("f", "created_at"),
            " ORDER BY f.follow_up_at, f.follow_up_id LIMIT $4) AS without_calls
             ORDER BY follow_up_at, call_sid, session_id LIMIT $4"
        )
    };
}

pub(in crate::storage) use {and_uncalled, due_calls, end_of_due, not_spoken_since};
