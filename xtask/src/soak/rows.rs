//! What the server must withstand, and what shows that it does.

#[cfg(test)]
mod tests;

/// One promise of RELIABILITY.md.
pub struct Row {
    /// Its number.
    pub number: u8,
    /// What is done to the product.
    pub done: &'static str,
    /// What must hold.
    pub holds: &'static str,
    /// The scenarios of `cargo xtask soak` that show it.
    pub scenarios: &'static [&'static str],
    /// The tests of `cargo xtask test` that show it, by file. A test of `end2end/` is named by what
    /// its title begins with.
    pub tests: &'static [(&'static str, &'static [&'static str])],
}

/// Something that `cargo xtask soak` does.
pub struct Scenario {
    /// Its name, as `--only` takes it.
    pub name: &'static str,
    /// What does it.
    pub work: Work,
}

/// What carries out a scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The package bench, which knows the scenario by its name.
    Bench,
    /// libFuzzer, on all targets.
    Fuzz,
    /// Schemathesis, on both databases.
    Schemathesis,
}

/// All scenarios, in the order in which they run.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "kills-sqlite", work: Work::Bench },
    Scenario { name: "kills-postgres", work: Work::Bench },
    Scenario { name: "power-loss-sqlite", work: Work::Bench },
    Scenario { name: "power-loss-postgres", work: Work::Bench },
    Scenario { name: "postgres-away", work: Work::Bench },
    Scenario { name: "disk-full", work: Work::Bench },
    Scenario { name: "disorder-sqlite", work: Work::Bench },
    Scenario { name: "disorder-postgres", work: Work::Bench },
    Scenario { name: "one-id-sqlite", work: Work::Bench },
    Scenario { name: "one-id-postgres", work: Work::Bench },
    Scenario { name: "call-limit", work: Work::Bench },
    Scenario { name: "two-servers", work: Work::Bench },
    Scenario { name: "bad-bodies", work: Work::Bench },
    Scenario { name: "heavy-webhooks", work: Work::Bench },
    Scenario { name: "large-data", work: Work::Bench },
    Scenario { name: "slow-connections", work: Work::Bench },
    Scenario { name: "unread-files", work: Work::Bench },
    Scenario { name: "unread-streams", work: Work::Bench },
    Scenario { name: "schemathesis", work: Work::Schemathesis },
    Scenario { name: "fuzz", work: Work::Fuzz },
];

/// All rows.
pub const ROWS: &[Row] = &[
    Row {
        number: 1,
        done: "The server is killed while it logs at full speed",
        holds: "Every acknowledged event is stored once, and the server is ready again within two seconds.",
        scenarios: &["kills-sqlite", "kills-postgres"],
        tests: &[(
            "server/tests/api/database/durability.rs",
            &[
                "everything_acknowledged_is_there_also_in_the_reopened_file",
                "a_call_in_progress_survives_the_servers_restart",
            ],
        )],
    },
    Row {
        number: 2,
        done: "The power is lost: everything that was not synced is gone",
        holds: "Every acknowledged event is stored once. A setting that syncs less loses events.",
        scenarios: &["power-loss-sqlite", "power-loss-postgres"],
        tests: &[],
    },
    Row {
        number: 3,
        done: "PostgreSQL is away for 30 seconds under load",
        holds: "Requests are answered with 503 and `Retry-After`, or late with success. Nothing acknowledged is lost, and events are logged again within five seconds.",
        scenarios: &["postgres-away"],
        tests: &[
            (
                "server/tests/api/database/durability.rs",
                &["a_database_that_cannot_be_read_is_said_to_be_away"],
            ),
            (
                "server/tests/api/database/switch_over.rs",
                &["a_server_that_ended_its_sessions_is_used_again_at_once"],
            ),
        ],
    },
    Row {
        number: 4,
        done: "The disk is full",
        holds: "Requests are answered with 503, and the server goes on once there is room.",
        scenarios: &["disk-full"],
        tests: &[(
            "server/tests/api/database/disks.rs",
            &["a_full_disk_is_told_and_freed", "a_disk_that_fails_is_told"],
        )],
    },
    Row {
        number: 5,
        done: "A million events (on PostgreSQL 200,000) are each sent one to three times, shuffled, days late",
        holds: "Calls and totals equal those of the orderly run, and totals equal a recount.",
        scenarios: &["disorder-sqlite", "disorder-postgres"],
        tests: &[(
            "shared/tests/call_rules.rs",
            &["any_order_and_any_repetition_ends_in_the_same_call"],
        )],
    },
    Row {
        number: 6,
        done: "One idempotency key is sent 200 times at once",
        holds: "It has one effect and one answer; another body is refused with 409.",
        scenarios: &["one-id-sqlite", "one-id-postgres"],
        tests: &[(
            "server/tests/api/calls/log_calls.rs",
            &["an_idempotency_key_holds_for_the_whole_body"],
        )],
    },
    Row {
        number: 7,
        done: "200 calls are started at once on two servers where 100 are allowed",
        holds: "Exactly 100 are started.",
        scenarios: &["call-limit"],
        tests: &[(
            "server/tests/api/database/several_servers.rs",
            &["two_hundred_starts_over_two_servers_make_a_hundred_calls"],
        )],
    },
    Row {
        number: 8,
        done: "10,000 bodies that are not valid: nested a million deep, 10 MB, a gzip bomb, chunks without end",
        holds: "Each is answered with a 4xx. Nothing panics, and memory stays flat.",
        scenarios: &["bad-bodies", "heavy-webhooks", "large-data"],
        tests: &[
            (
                "server/tests/api/request/errors.rs",
                &[
                    "bodies_that_are_no_json_are_refused",
                    "bodies_come_packed_and_with_a_byte_order_mark",
                ],
            ),
            (
                "server/tests/api/request/heavy_texts.rs",
                &[
                    "no_text_in_a_request_stops_the_server",
                    "webhooks_and_answers_of_providers_do_not_stop_the_server",
                ],
            ),
            ("server/tests/api/request/bounds.rs", &["nothing_longer_than_documented_is_stored"]),
            ("server/tests/api/request/sizes.rs", &["answers_and_memory_stay_small"]),
            (
                "server/tests/api/request/volume.rs",
                &[
                    "all_routes_of_a_client_share_one_limit_on_bytes",
                    "a_file_of_any_size_arrives_as_fast_as_its_sender_may_send",
                ],
            ),
            (
                "server/tests/api/providers/hostile_pbx.rs",
                &[
                    "whatever_a_pbx_sends_the_server_goes_on_and_logs_no_number",
                    "the_events_of_a_pbx_count_like_webhooks_and_wait",
                ],
            ),
        ],
    },
    Row {
        number: 9,
        done: "Thousands of silent and half-open connections, and readers of a byte a second",
        holds: "For others the slowest hundredth of the answers takes at most twice as long.",
        scenarios: &["slow-connections", "unread-files", "unread-streams"],
        tests: &[
            (
                "server/tests/api/request/unread_answers.rs",
                &[
                    "nobody_takes_all_connections",
                    "a_slow_reader_that_moves_gets_all",
                    "connections_beyond_the_limit_answer_health_checks_only",
                    "a_network_has_its_share_of_the_connections",
                ],
            ),
            (
                "server/tests/api/request/connections.rs",
                &[
                    "silent_and_half_sent_connections_are_closed",
                    "a_body_that_does_not_arrive_is_refused",
                ],
            ),
        ],
    },
    Row {
        number: 10,
        done: "Schemathesis over the OpenAPI document, in all phases, with valid credentials",
        holds: "No check fails, and every operation succeeds at least once.",
        scenarios: &["schemathesis"],
        tests: &[],
    },
    Row {
        number: 11,
        done: "One client's key with every id of another client, on every route",
        holds: "The answer is 404 or 403.",
        scenarios: &[],
        tests: &[(
            "server/tests/api/access/strangers.rs",
            &[
                "another_clients_ids_are_unknown_at_every_address",
                "another_clients_ids_find_nothing_in_a_query_or_a_body",
                "keys_of_other_kinds_open_no_operators_address",
            ],
        )],
    },
    Row {
        number: 12,
        done: "Spreadsheet formulas in every text field",
        holds: "They do nothing in the CSV file, and are unchanged elsewhere.",
        scenarios: &[],
        tests: &[
            ("server/tests/api/calls/export.rs", &["a_csv_holds_every_call_and_runs_nothing"]),
            ("server/src/services/csv.rs", &["formulas_are_defused_and_numbers_are_left"]),
        ],
    },
    Row {
        number: 13,
        done: "200 texts with markup and scripts as name, context and notes",
        holds: "No script runs and no dialog opens, in the ribbon and in the dashboard.",
        scenarios: &[],
        tests: &[("end2end/tests/markup.test.mjs", &["texts with markup and scripts"])],
    },
    Row {
        number: 14,
        done: "60 spellings of an origin",
        holds: "Each is judged right.",
        scenarios: &[],
        tests: &[
            ("server/src/services/access/domains.rs", &["each_spelling_is_judged_right"]),
            ("server/tests/api/request/cors.rs", &["each_spelling_of_an_origin_is_judged_right"]),
        ],
    },
    Row {
        number: 15,
        done: "Webhooks forged, replayed, doubled, in all orders",
        holds: "They lead to one state; a forged one is a 401 and changes nothing.",
        scenarios: &[],
        tests: &[
            (
                "server/tests/api/providers/webhooks.rs",
                &[
                    "a_forged_word_is_refused_and_changes_nothing",
                    "every_order_and_repetition_ends_in_the_same_record",
                ],
            ),
            (
                "server/tests/api/providers/tata.rs",
                &["webhooks_may_come_twice_in_any_order_and_before_the_answer"],
            ),
        ],
    },
    Row {
        number: 16,
        done: "Requests to private addresses, redirects, and names that change their address",
        holds: "No connection is made.",
        scenarios: &[],
        tests: &[
            (
                "server/src/outgoing/tests.rs",
                &[
                    "every_spelling_of_an_address_is_judged_when_it_is_saved",
                    "all_addresses_of_a_name_are_judged",
                    "a_name_that_changes_its_address_reaches_nothing",
                    "a_connection_goes_to_the_address_that_was_judged",
                    "redirects_are_not_followed",
                ],
            ),
            (
                "server/src/outgoing/web_socket/tests.rs",
                &["web_sockets_are_opened_only_where_the_guard_allows"],
            ),
            (
                "server/tests/api/providers/addresses.rs",
                &[
                    "an_address_inside_the_operators_network_is_refused_when_it_is_saved",
                    "an_address_inside_is_refused_wherever_staff_can_enter_one",
                    "an_address_that_is_no_longer_allowed_is_not_connected_to",
                ],
            ),
        ],
    },
    Row {
        number: 17,
        done: "The output of a run is searched for keys, tokens and full phone numbers",
        holds: "No log has any.",
        scenarios: &[],
        tests: &[
            (
                "server/tests/api/request/trace.rs",
                &[
                    "each_request_is_in_the_log_and_no_secret_as_text",
                    "each_request_is_in_the_log_and_no_secret_as_json",
                ],
            ),
            ("server/tests/api/access/people.rs", &["passwords_and_tokens_are_in_no_log"]),
            (
                "server/tests/api/providers/requests.rs",
                &["what_a_provider_sends_is_on_record_without_secrets_and_numbers"],
            ),
            ("end2end/tests/trouble.test.mjs", &["no secret and no full number is in the server"]),
            ("end2end/tests/hidden-numbers.test.mjs", &["a shift without numbers"]),
        ],
    },
    Row {
        number: 18,
        done: "Two servers are restarted in turn under load",
        holds: "Every error is one after which a client may try again.",
        scenarios: &["two-servers"],
        tests: &[(
            "server/tests/api/ops/stopping.rs",
            &["what_was_begun_is_answered_before_the_end"],
        )],
    },
    Row {
        number: 19,
        done: "The ribbon's server is away, its tab is killed, its laptop sleeps, there are two tabs, the storage is full or refused",
        holds: "Each event is stored once, and the page never sees an exception.",
        scenarios: &[],
        tests: &[
            (
                "end2end/tests/outbox.test.mjs",
                &[
                    "a hang-up while the server is down is kept, shown, and done once when it is back",
                    "offline: the hang-up goes out as soon as the browser is back online",
                    "two calls wait, over a reload and a crash, and go out in order, once each",
                    "several tabs do not send it several times",
                    "without IndexedDB it is kept in localStorage",
                    "without any storage it is kept in the page",
                ],
            ),
            (
                "end2end/tests/tabs.test.mjs",
                &[
                    "a tab that slept hears what happened meanwhile, in order, once",
                    "a tab that hangs loses the stream to another",
                ],
            ),
            (
                "end2end/tests/reload.test.mjs",
                &["a tab that crashed", "a browser that was closed, and opened again"],
            ),
        ],
    },
    Row {
        number: 20,
        done: "Generated input for the readers of bodies, origins, webhooks, events of a PBX, tokens, files of numbers and for complaints, rule packs, CSV, phone numbers and of texts to mask",
        holds: "Nothing crashes, and no result is wrong.",
        scenarios: &["fuzz"],
        tests: &[(
            "server/src/fuzz/tests.rs",
            &[
                "request_bodies_are_read_or_refused",
                "no_origin_is_let_in_that_is_not_listed",
                "webhooks_of_exotel_are_read_or_refused",
                "webhooks_of_smartflo_are_read_or_refused",
                "cells_are_read_back_and_are_no_formulas",
                "no_secret_and_no_number_is_shown",
                "a_number_that_is_read_is_read_again",
                "files_of_numbers_have_the_same_lines_however_they_arrive",
                "packs_of_rules_are_refused_or_judge_calls",
                "no_receiver_has_an_address_inside",
                "files_for_complaints_are_checked_or_refused",
                "no_agent_token_counts_without_its_key",
                "tokens_for_signing_out_are_read_or_refused",
                "events_of_a_pbx_are_handled_or_refused",
            ],
        )],
    },
];
