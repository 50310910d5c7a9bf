//! The statements of a search: one for each index and order of traversal.
//!
//! All take the same parameters, of which a statement need not use every one: `$2` and `$33` to
//! `$36` are the source's keys, `$3` to `$8` the positions between which the request searches (each
//! a time and a call's id, in lists by duration also seconds), `$9` and `$10` the range, `$11` to
//! `$32` and `$37` the conditions, `$38` the limit.

use super::query::{SearchSource, Walk};
use crate::storage::access::teams::in_teams_of;
use crate::storage::database::columns::noted_call_columns;

/// The conditions other than positions, on calls as `c` and their notes as `n`.
macro_rules! is_wanted {
    () => {
        concat!(
            " AND c.status IN ($11, $12, $13, $14, $15, $16, $17) AND c.direction IN ($18, $19)
          AND CASE WHEN c.connected_at IS NOT NULL OR c.duration > 0 THEN 1 ELSE 0 END
              IN ($20, $21)
          AND COALESCE(c.duration, 0) >= $22 AND COALESCE(c.duration, 0) <= $23
          AND ($24 = '' OR c.call_type = $24) AND ($25 = '' OR n.disposition = $25)
          AND ($26 = '' OR c.agent_id = $26) AND ($27 = '' OR c.customer_id = $27)
          AND ($29 < 0 OR ((c.started_at + $28) / 3600000) % 24 BETWEEN $29 / 24 AND $29 % 24)
          AND ($30 < 0 OR ((c.started_at + $28) / 86400000) % 7 = $30)
          AND ($31 = '' OR LOWER(c.customer_name) LIKE $31 OR LOWER(c.customer_id) LIKE $31
               OR LOWER(c.call_sid) LIKE $31 OR LOWER(c.session_id) LIKE $31
               OR LOWER(n.notes) LIKE $31
               OR ($32 <> '' AND c.phone LIKE $32))
          AND ",
            in_teams_of!("$37", "c.agent_id")
        )
    };
}

/// The position condition of lists with the latest call first.
macro_rules! comes_before {
    () => {
        " AND (c.started_at, c.call_sid) >= ($3, $4) AND (c.started_at, c.call_sid) < ($5, $6)"
    };
}

/// The position condition of lists with the earliest call first.
macro_rules! comes_after {
    () => {
        " AND (c.started_at, c.call_sid) > ($3, $4) AND (c.started_at, c.call_sid) <= ($5, $6)"
    };
}

/// The position condition of the client's list by duration, longest first. The sums keep the
/// database from using another index, which it would have to sort.
macro_rules! is_shorter {
    () => {
        " AND c.duration IS NOT NULL AND c.started_at + 0 >= $9 AND c.started_at + 0 < $10
          AND (c.duration, c.started_at, c.call_sid) >= ($7, $3, $4)
          AND (c.duration, c.started_at, c.call_sid) < ($8, $5, $6)"
    };
}

/// The position condition of the client's list by duration, shortest first.
macro_rules! is_longer {
    () => {
        " AND c.duration IS NOT NULL AND c.started_at + 0 >= $9 AND c.started_at + 0 < $10
          AND (c.duration, c.started_at, c.call_sid) > ($7, $3, $4)
          AND (c.duration, c.started_at, c.call_sid) <= ($8, $5, $6)"
    };
}

/// The columns and joins of every list of calls.
macro_rules! noted_calls {
    () => {
        concat!(
            "SELECT ",
            noted_call_columns!(),
            " FROM calls c
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             WHERE c.client_id = $1"
        )
    };
}

/// The columns of a call's position.
macro_rules! spots_of_calls {
    () => {
        "SELECT COALESCE(c.duration, 0), c.started_at, c.call_sid FROM calls c
         WHERE c.client_id = $1"
    };
}

macro_rules! newest_rows {
    ($source:literal) => {
        concat!(
            noted_calls!(),
            $source,
            comes_before!(),
            is_wanted!(),
            " ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $38"
        )
    };
}

macro_rules! oldest_rows {
    ($source:literal) => {
        concat!(
            noted_calls!(),
            $source,
            comes_after!(),
            is_wanted!(),
            " ORDER BY c.started_at, c.call_sid LIMIT $38"
        )
    };
}

macro_rules! longest_of_few {
    ($source:literal) => {
        concat!(
            noted_calls!(),
            $source,
            " AND c.duration IS NOT NULL AND c.started_at >= $9 AND c.started_at < $10
              AND (COALESCE(c.duration, 0), c.started_at, c.call_sid) < ($8, $5, $6)",
            is_wanted!(),
            " ORDER BY COALESCE(c.duration, 0) DESC, c.started_at DESC, c.call_sid DESC LIMIT $38"
        )
    };
}

macro_rules! shortest_of_few {
    ($source:literal) => {
        concat!(
            noted_calls!(),
            $source,
            " AND c.duration IS NOT NULL AND c.started_at >= $9 AND c.started_at < $10
              AND (COALESCE(c.duration, 0), c.started_at, c.call_sid) > ($7, $3, $4)",
            is_wanted!(),
            " ORDER BY COALESCE(c.duration, 0), c.started_at, c.call_sid LIMIT $38"
        )
    };
}

macro_rules! newest_spot {
    ($source:literal) => {
        concat!(
            spots_of_calls!(),
            $source,
            comes_before!(),
            " ORDER BY c.started_at DESC, c.call_sid DESC LIMIT 1 OFFSET $38"
        )
    };
}

macro_rules! oldest_spot {
    ($source:literal) => {
        concat!(
            spots_of_calls!(),
            $source,
            comes_after!(),
            " ORDER BY c.started_at, c.call_sid LIMIT 1 OFFSET $38"
        )
    };
}

macro_rules! count_of {
    ($source:literal) => {
        concat!(
            "SELECT COUNT(*) FROM (SELECT c.call_sid FROM calls c WHERE c.client_id = $1",
            $source,
            " AND c.started_at >= $9 AND c.started_at < $10 LIMIT $38) AS counted"
        )
    };
}

macro_rules! count_wanted {
    ($source:literal) => {
        concat!(
            "SELECT COUNT(*) FROM (SELECT c.call_sid FROM calls c
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             WHERE c.client_id = $1",
            $source,
            comes_before!(),
            is_wanted!(),
            " AND ($39 = 0 OR c.duration IS NOT NULL) LIMIT $38) AS counted"
        )
    };
}

/// Returns the query that counts the calls of a source that match a filter, up to a limit; `$39` is
/// 1 to count only calls that have ended.
pub fn select_wanted_count(source: SearchSource) -> &'static str {
    match source {
        SearchSource::Client => count_wanted!(""),
        SearchSource::Agent => count_wanted!(" AND c.agent_id = $2"),
        SearchSource::Customer => count_wanted!(" AND c.customer_id = $2"),
        SearchSource::Number => count_wanted!(" AND c.phone IN ($2, $33, $34, $35, $36)"),
        SearchSource::Call => count_wanted!(" AND c.call_sid = $2"),
    }
}

/// Returns the query for the calls of a source, in the order of a walk.
pub fn select_rows(source: SearchSource, walk: Walk) -> &'static str {
    match (walk, source) {
        (Walk::Newest, SearchSource::Client) => newest_rows!(""),
        (Walk::Newest, SearchSource::Agent) => newest_rows!(" AND c.agent_id = $2"),
        (Walk::Newest, SearchSource::Customer) => newest_rows!(" AND c.customer_id = $2"),
        (Walk::Newest, SearchSource::Number) => {
            newest_rows!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::Newest, SearchSource::Call) => newest_rows!(" AND c.call_sid = $2"),
        (Walk::Oldest, SearchSource::Client) => oldest_rows!(""),
        (Walk::Oldest, SearchSource::Agent) => oldest_rows!(" AND c.agent_id = $2"),
        (Walk::Oldest, SearchSource::Customer) => oldest_rows!(" AND c.customer_id = $2"),
        (Walk::Oldest, SearchSource::Number) => {
            oldest_rows!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::Oldest, SearchSource::Call) => oldest_rows!(" AND c.call_sid = $2"),
        (Walk::LongestOfFew, SearchSource::Client) => longest_of_few!(""),
        (Walk::LongestOfFew, SearchSource::Agent) => longest_of_few!(" AND c.agent_id = $2"),
        (Walk::LongestOfFew, SearchSource::Customer) => longest_of_few!(" AND c.customer_id = $2"),
        (Walk::LongestOfFew, SearchSource::Number) => {
            longest_of_few!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::LongestOfFew, SearchSource::Call) => longest_of_few!(" AND c.call_sid = $2"),
        (Walk::ShortestOfFew, SearchSource::Client) => shortest_of_few!(""),
        (Walk::ShortestOfFew, SearchSource::Agent) => shortest_of_few!(" AND c.agent_id = $2"),
        (Walk::ShortestOfFew, SearchSource::Customer) => {
            shortest_of_few!(" AND c.customer_id = $2")
        }
        (Walk::ShortestOfFew, SearchSource::Number) => {
            shortest_of_few!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::ShortestOfFew, SearchSource::Call) => shortest_of_few!(" AND c.call_sid = $2"),
        (Walk::Longest, _) => concat!(
            noted_calls!(),
            is_shorter!(),
            is_wanted!(),
            " ORDER BY c.duration DESC, c.started_at DESC, c.call_sid DESC LIMIT $38"
        ),
        (Walk::Shortest, _) => concat!(
            noted_calls!(),
            is_longer!(),
            is_wanted!(),
            " ORDER BY c.duration, c.started_at, c.call_sid LIMIT $38"
        ),
    }
}

/// Returns the query for the position of the call after a number of others.
pub fn select_position(source: SearchSource, walk: Walk) -> &'static str {
    match (walk, source) {
        (Walk::Newest, SearchSource::Client) => newest_spot!(""),
        (Walk::Newest, SearchSource::Agent) => newest_spot!(" AND c.agent_id = $2"),
        (Walk::Newest, SearchSource::Customer) => newest_spot!(" AND c.customer_id = $2"),
        (Walk::Newest, SearchSource::Number) => {
            newest_spot!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::Newest, SearchSource::Call) => newest_spot!(" AND c.call_sid = $2"),
        (Walk::Oldest, SearchSource::Client) => oldest_spot!(""),
        (Walk::Oldest, SearchSource::Agent) => oldest_spot!(" AND c.agent_id = $2"),
        (Walk::Oldest, SearchSource::Customer) => oldest_spot!(" AND c.customer_id = $2"),
        (Walk::Oldest, SearchSource::Number) => {
            oldest_spot!(" AND c.phone IN ($2, $33, $34, $35, $36)")
        }
        (Walk::Oldest, SearchSource::Call) => oldest_spot!(" AND c.call_sid = $2"),
        (Walk::Longest | Walk::LongestOfFew, _) => concat!(
            spots_of_calls!(),
            is_shorter!(),
            " ORDER BY c.duration DESC, c.started_at DESC, c.call_sid DESC LIMIT 1 OFFSET $38"
        ),
        (Walk::Shortest | Walk::ShortestOfFew, _) => concat!(
            spots_of_calls!(),
            is_longer!(),
            " ORDER BY c.duration, c.started_at, c.call_sid LIMIT 1 OFFSET $38"
        ),
    }
}

/// Returns the query that counts a source's calls in a range, up to a limit.
pub fn select_count(source: SearchSource) -> &'static str {
    match source {
        SearchSource::Client => count_of!(""),
        SearchSource::Agent => count_of!(" AND c.agent_id = $2"),
        SearchSource::Customer => count_of!(" AND c.customer_id = $2"),
        SearchSource::Number => count_of!(" AND c.phone IN ($2, $33, $34, $35, $36)"),
        SearchSource::Call => count_of!(" AND c.call_sid = $2"),
    }
}
