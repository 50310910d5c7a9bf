//! Tests files of numbers that must not be called: two at once, broken files, and entries of people.

use crate::support::{ADMIN_TOKEN, Answer, Server};
use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Method};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

const LIST: &str = "/api/admin/clients/client-demo/suppressions";

async fn import(server: &Server, query: &str, file: impl Into<Body>) -> Answer {
    let request = server.request(Method::POST, &format!("{LIST}/import?{query}"));
    let request = request.bearer_auth(ADMIN_TOKEN).header("content-type", "text/csv");
    Answer::from_request(request.body(file)).await
}

async fn listed(server: &Server) -> Vec<String> {
    let sql = "SELECT number || ' ' || COALESCE(reason, '-') FROM suppressions
        WHERE removed_at IS NULL ORDER BY number";
    server.database.read_texts(sql).await
}

/// Of two files of a source at once, the older one stops, and removes nothing that the newer one has
/// entered.
#[tokio::test]
async fn of_two_files_at_once_the_newer_one_wins() {
    let server = Server::start().await;
    let (sender, receiver) = mpsc::unbounded_channel::<Bytes>();
    let pieces = stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(piece), receiver))
    });
    let older = import(&server, "source=registry:x&replace=true", Body::wrap_stream(pieces));
    let newer = async {
        let mut whole = String::new();
        for n in 0..1_000 {
            writeln!(whole, "+9198765{n:05}").unwrap();
        }
        sender.send(whole.into()).unwrap();
        // The older import has entered its first piece.
        let entered = async {
            while listed(&server).await.len() < 1_000 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_mins(1), entered).await.expect("the first piece is not entered");
        let file = "+919876600001\n+919876600002\n+919876500003\n";
        let report = import(&server, "source=registry:x&replace=true", file).await;
        // Another source has its own imports.
        import(&server, "source=registry:y", "+919876700001\n").await.ok::<Value>();
        sender.send("+919876600003\n".into()).unwrap();
        drop(sender);
        report.ok::<Value>()
    };
    let (older, newer) = tokio::join!(older, newer);
    let problem = older.problem(409, "conflict");
    assert!(problem.error.contains("newer import"), "{}", problem.error);
    assert_eq!(newer["removedEntries"], json!(999), "{newer}");
    let numbers = ["+919876500003", "+919876600001", "+919876600002", "+919876700001"];
    assert_eq!(listed(&server).await, numbers.map(|number| format!("{number} -")));
}

/// A file neither changes nor removes what a person entered.
#[tokio::test]
async fn an_entry_of_a_person_stays_whatever_files_have() {
    let server = Server::start().await;
    let add = async |number: &str, reason: &str| {
        let body = json!({"phoneNumber": number, "reason": reason, "source": "import"});
        let made = server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
    };
    add("+919876500001", "Wrote to us").await;
    import(&server, "", "number,reason\n+919876500001,file\n+919876500002,file\n")
        .await
        .ok::<Value>();
    // Entered by a person after a file had it: from now on it is the person's.
    add("+919876500002", "Called us").await;
    let report: Value = import(&server, "replace=true", "+919876500003\n").await.ok();
    assert_eq!(report["removedEntries"], json!(0), "{report}");
    assert_eq!(
        listed(&server).await,
        ["+919876500001 Wrote to us", "+919876500002 Called us", "+919876500003 -"]
    );
}

#[tokio::test]
async fn a_broken_file_is_refused_by_what_is_wrong_with_it() {
    for (file, sentence, entered) in [
        (&b"PK\x03\x04\x14\x00sheet"[..], "not text", 0),
        (b"\xff\xfe+\x009\x001\x00", "not text", 0),
        (
            b"number,reason\n+919876500001,a\n+919876500002,\"b\n+919876500003,c\n",
            "Line 3 has a quote",
            1,
        ),
        (b"+919876500001,\"a\n+919876500002,\"b\"\n", "Line 1 has a quote", 0),
        (b"\n\n", "no lines", 0),
    ] {
        let server = Server::start().await;
        let answer = import(&server, "replace=true", file).await;
        assert!(answer.text.contains(sentence), "{}", answer.text);
        assert_eq!(answer.wrong_field(), "body");
        assert!(!answer.text.contains("98765"), "{}", answer.text);
        assert_eq!(listed(&server).await.len(), entered, "{}", answer.text);
        // It counts as no import of the source.
        let sql = "SELECT source FROM suppression_imports WHERE finished_at IS NOT NULL";
        assert!(server.database.read_texts(sql).await.is_empty());
    }
}

/// A number on the list is refused in each way in which an agent or a page may write it.
#[tokio::test]
async fn a_listed_number_is_refused_however_it_is_written() {
    let ways = [
        "+91 98765 43210",
        "919876543210",
        "0919876543210",
        "00919876543210",
        "+91 098765 43210",
        "+91 (0) 98765 43210",
        "091-98765-43210",
        "0091 (0)98765 43210",
    ];
    for (country, more) in [
        ("IN", &["9876543210", "09876543210", "98765-43210"][..]),
        ("US", &["011919876543210"]),
        ("", &[]),
    ] {
        let server = Server::start().await;
        if !country.is_empty() {
            let body = json!({"defaultCountry": country});
            server.request_as_operator(Method::PATCH, "", body).await.ok::<Value>();
        }
        let body = json!({"phoneNumber": "+919876543210"});
        assert_eq!(
            server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await.status,
            201
        );
        for to in ways.iter().chain(more) {
            let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
            assert_eq!(answer.status, 403, "{country} {to}: {}", answer.text);
            let check = json!({"calls": [{"to": to}]});
            let checked: Value = server.post_json("/api/ribbon/calls/check", check).await.ok();
            assert_eq!(
                checked["results"][0]["decision"]["allowed"],
                json!(false),
                "{country} {to}"
            );
        }
        for to in ["+919876543211", "+12125550123"] {
            let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
            assert_eq!(answer.status, 202, "{country} {to}: {}", answer.text);
        }
    }
}

/// Of two lines about a number, in one file or in two, the earlier beginning and, in one file, the later
/// end count.
#[tokio::test]
async fn a_number_that_stands_twice_keeps_its_earlier_beginning() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    let times = async || {
        let sql = "SELECT number || ' ' || CAST(listed_at AS TEXT) || ' '
                || COALESCE(CAST(until AS TEXT), '-') FROM suppressions ORDER BY number";
        server.database.read_texts(sql).await
    };
    let day = |text: &str| {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis().to_string()
    };
    let mut file = "number,since,until\n".to_owned();
    file.push_str("+919876500001,2025-01-01,2027-06-01\n+919876500002,2025-01-01,\n");
    // The second lines are in another piece than the first.
    for n in 0..1_000 {
        writeln!(file, "+9198766{n:05}").unwrap();
    }
    file.push_str("+919876500001,2026-01-01,2027-01-01\n+919876500001,2024-01-01,2026-12-01\n");
    file.push_str("+919876500002,2026-01-01,2027-01-01\n");
    import(&server, "source=registry:x", file).await.ok::<Value>();
    let expected = [
        format!("+919876500001 {} {}", day("2024-01-01T00:00:00Z"), day("2027-06-01T00:00:00Z")),
        format!("+919876500002 {} -", day("2025-01-01T00:00:00Z")),
    ];
    assert_eq!(times().await[..2], expected);
    // A later file sets another end, and no later beginning.
    server.clock.advance(Duration::from_millis(1));
    let file = "number,since,until\n+919876500001,2026-11-01,2028-01-01\n";
    import(&server, "source=registry:x", file).await.ok::<Value>();
    let begins = day("2024-01-01T00:00:00Z");
    let ends = day("2028-01-01T00:00:00Z");
    assert_eq!(times().await[0], format!("+919876500001 {begins} {ends}"));
}

#[tokio::test]
async fn a_file_of_the_future_is_refused_and_later_lines_are_counted() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    for (as_of, status) in [("2026-12-01", 400), ("2026-11-30T06:30:01Z", 400), ("2026-11-30", 200)]
    {
        let answer = import(&server, &format!("asOf={as_of}"), "+919876500001\n").await;
        assert_eq!(answer.status, status, "{as_of}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.wrong_field(), "asOf");
            assert!(listed(&server).await.is_empty());
        }
    }
    server.clock.advance(Duration::from_millis(1));
    let file = "number,since\n+919876500002,2026-12-01\n+919876500003,2026-11-30\n";
    let report: Value = import(&server, "", file).await.ok();
    assert_eq!(report["laterEntries"], json!(1), "{report}");
    let to = |number: &str| json!({"calls": [{"to": number}]});
    for (number, allowed) in [("+919876500002", true), ("+919876500003", false)] {
        let checked: Value = server.post_json("/api/ribbon/calls/check", to(number)).await.ok();
        assert_eq!(checked["results"][0]["decision"]["allowed"], json!(allowed), "{number}");
    }
    // A person who enters it now means now.
    let body = json!({"phoneNumber": "+919876500002", "source": "import"});
    let made = server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let checked: Value =
        server.post_json("/api/ribbon/calls/check", to("+919876500002")).await.ok();
    assert_eq!(checked["results"][0]["decision"]["allowed"], json!(false));
}

/// A file of which hardly a line can be read makes no register current, and one that is older than the
/// latest removes nothing.
#[tokio::test]
async fn a_careless_file_permits_no_calls() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    let packs = json!({"packs": ["in-trai-promotional"]});
    server.request_as_operator(Method::PUT, "/call-rules", packs).await.ok::<Value>();
    let sales = |to: &str| json!({"to": to, "customerData": {"callType": "sales"}});
    let is_stopped = async |to: &str| {
        let body = json!({"calls": [sales(to)]});
        let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
        let because = answer["results"][0]["decision"]["because"].to_string();
        (because.contains("registry-old"), because.contains("registered"))
    };
    let query = "source=registry:in-preference";
    let many = |bad: usize| {
        let mut file = String::from("number\n");
        for n in 0..200 {
            writeln!(file, "{}{n:05}", if n < bad { "none " } else { "+9198766" }).unwrap();
        }
        file
    };
    for (file, counts) in [
        // Columns of another separator, another heading, the wrong column.
        ("number;name\n+919876500001;Asha\n+919876500002;Ravi\n".to_owned(), false),
        ("Asha Rao,+919876500001\nRavi,+919876500002\n".to_owned(), false),
        (many(3), false),
        (many(2), true),
        ("\u{feff}number,reason\r\n\"+919876500001\",\"said \"\"no\"\"\"\r\n'+91 98765 00002,\r\n".to_owned(), true),
        ("09876500001\n9876500002\n+919876500001\n".to_owned(), true),
    ] {
        server.run_sql("DELETE FROM suppression_imports").await;
        server.run_sql("DELETE FROM suppressions").await;
        server.request_as_operator(Method::PATCH, "", json!({"defaultCountry": "IN"})).await.ok::<Value>();
        server.clock.advance(Duration::from_millis(1));
        import(&server, query, file.clone()).await.ok::<Value>();
        assert_eq!(is_stopped("+919876500009").await, (!counts, false), "{file}");
        if counts && !file.contains("+9198766") {
            assert_eq!(is_stopped("+919876500002").await, (false, true), "{file}");
        }
    }
    // Last month's file, after this month's.
    server.run_sql("DELETE FROM suppression_imports").await;
    server.clock.advance(Duration::from_millis(1));
    let newer = format!("{query}&replace=true&asOf=2026-11-29");
    import(&server, &newer, "+919876500001\n+919876500002\n").await.ok::<Value>();
    for (more, status) in [
        ("&replace=true&asOf=2026-11-28", 400),
        ("&replace=true&asOf=2025-11-30", 400),
        ("&asOf=2026-10-30", 200),
        ("&replace=true&asOf=2026-11-29", 200),
        ("&replace=true", 200),
        // A day of today after a time of today.
        ("&replace=true&asOf=2026-11-30", 200),
    ] {
        server.clock.advance(Duration::from_millis(1));
        let answer =
            import(&server, &format!("{query}{more}"), "+919876500001\n+919876500002\n").await;
        assert_eq!(answer.status, status, "{more}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.wrong_field(), "asOf");
            assert!(answer.text.contains("2026-11-29"), "{}", answer.text);
        }
        assert_eq!(is_stopped("+919876500002").await, (false, true), "{more}");
    }
}

/// A number that was entered stays forbidden when the server's clock is set back.
#[tokio::test]
async fn a_clock_that_is_set_back_permits_no_listed_number() {
    // A sender's pace is none of this test's: the clock is set back by a day.
    let server = Server::start_with_limits(|limits| limits.write_rate = 0).await;
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    let listed = "+919876500001";
    let body = json!({"phoneNumber": listed, "source": "customer"});
    assert_eq!(server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await.status, 201);
    // One that begins later does so.
    let later =
        json!({"phoneNumber": "+919876500002", "source": "customer", "since": "2026-12-02"});
    assert_eq!(server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, later).await.status, 201);
    for (time, to, status) in [
        ("2026-11-30T12:00:00+05:30", listed, 403),
        ("2026-11-30T11:59:59+05:30", listed, 403),
        ("2026-11-29T12:00:00+05:30", listed, 403),
        ("2026-11-29T12:00:01+05:30", "+919876500002", 202),
        ("2026-12-02T12:00:00+05:30", "+919876500002", 403),
    ] {
        server.clock.stop_at(time);
        let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
        assert_eq!(answer.status, status, "{time} {to}: {}", answer.text);
        if status == 403 {
            let decision = answer.problem(403, "call_not_permitted").decision.unwrap();
            assert_eq!(decision["nextAllowed"], Value::Null, "{time}: {decision}");
        }
    }
}
