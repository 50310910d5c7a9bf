//! Tests the times at which customers do not want to be called.

use crate::support::database::wants_postgres;
use crate::support::{ADMIN_TOKEN, Answer, SLOW, Server, create_token};
use chrono::DateTime;
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "/quiet-times";
const BY_KEY: &str = "/api/ribbon/quiet-times";
const INDIAN: &str = "+919876543210";
const NEW_YORKER: &str = "+12125550123";
/// Of Florida, which has two zones.
const FLORIDIAN: &str = "+18505550123";

/// A pack of the client's own with rules about quiet times and occasions alone.
pub fn wishes() -> Value {
    let rule = |id: &str, kind: &str, says: &str| {
        json!({"id": id, "test": {"kind": kind}, "effect": "block", "standing": "policy",
            "source": "Our policy", "sourceDate": "2026-11-29", "says": says})
    };
    json!({"title": "What customers wish", "rules": [
        rule("times", "quiet-times", "The customer asked for no calls now."),
        rule("occasions", "occasions", "The customer is not to be disturbed."),
    ]})
}

async fn switch_on_wishes(server: &Server) {
    let path = "/call-rules/packs/own-wishes";
    server.request_as_operator(Method::PUT, path, wishes()).await.ok::<Value>();
    let body = json!({"packs": ["own-wishes"]});
    server.request_as_operator(Method::PUT, "/call-rules", body).await.ok::<Value>();
}

async fn add(server: &Server, body: Value) -> Answer {
    server.request_as_operator(Method::POST, LIST, body).await
}

async fn check(server: &Server, to: &str, customer: &str) -> Value {
    let call = json!({"to": to, "customerData": {"customerId": customer}});
    let body = json!({"calls": [call]});
    let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
    answer["results"][0]["decision"].clone()
}

fn millis(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).unwrap().timestamp_millis()
}

#[tokio::test]
async fn quiet_times_hold_to_the_second_where_the_customer_is() {
    let server = Server::start().await;
    server.clock.stop_at("2026-01-05T00:00:00Z");
    switch_on_wishes(&server).await;
    for (customer, entry) in [
        ("evening", json!({"from": "19:00", "to": "20:00"})),
        ("night", json!({"weekdays": [5], "from": "22:00", "to": "06:00"})),
        ("sunday", json!({"weekdays": [7], "from": "00:00", "to": "24:00"})),
        ("monday", json!({"weekdays": [1, 1], "from": "21:00", "to": "00:00"})),
        ("gap", json!({"from": "01:30", "to": "02:30"})),
        ("twice", json!({"from": "01:00", "to": "01:30"})),
        ("noon", json!({"from": "12:00", "to": "13:00"})),
        ("ends", json!({"from": "00:00", "to": "24:00", "until": "2026-12-02T12:00:00+05:30"})),
        ("later", json!({"from": "00:00", "to": "24:00", "since": "2026-12-02T12:00:00+05:30"})),
        (
            "mourning",
            json!({"kind": "bereavement", "since": "2026-12-01T10:00:00+05:30",
                "until": "2026-12-03T10:00:00+05:30"}),
        ),
    ] {
        let mut body = entry;
        body["customerId"] = json!(customer);
        if body["since"].is_null() {
            body["since"] = json!("2026-01-01");
        }
        let made = add(&server, body).await;
        assert_eq!(made.status, 201, "{customer}: {}", made.text);
    }
    // 2026-12-04 is a Friday. The last column is when the call is permitted, if not at once.
    let mut cases = [
        (INDIAN, "evening", "2026-12-01T18:59:59+05:30", None),
        (INDIAN, "evening", "2026-12-01T19:00:00+05:30", Some("2026-12-01T20:00:00+05:30")),
        (INDIAN, "evening", "2026-12-01T19:59:59+05:30", Some("2026-12-01T20:00:00+05:30")),
        (INDIAN, "evening", "2026-12-01T20:00:00+05:30", None),
        (INDIAN, "nobody", "2026-12-01T19:30:00+05:30", None),
        (NEW_YORKER, "evening", "2026-12-01T19:30:00-05:00", Some("2026-12-01T20:00:00-05:00")),
        (NEW_YORKER, "evening", "2026-12-01T19:30:00+05:30", None),
        (INDIAN, "night", "2026-12-04T05:59:59+05:30", None),
        (INDIAN, "night", "2026-12-04T21:59:59+05:30", None),
        (INDIAN, "night", "2026-12-04T22:00:00+05:30", Some("2026-12-05T06:00:00+05:30")),
        (INDIAN, "night", "2026-12-05T05:59:59+05:30", Some("2026-12-05T06:00:00+05:30")),
        (INDIAN, "night", "2026-12-05T06:00:00+05:30", None),
        (INDIAN, "night", "2026-12-05T23:00:00+05:30", None),
        (INDIAN, "sunday", "2026-12-05T23:59:59+05:30", None),
        (INDIAN, "sunday", "2026-12-06T00:00:00+05:30", Some("2026-12-07T00:00:00+05:30")),
        (INDIAN, "sunday", "2026-12-06T23:59:59+05:30", Some("2026-12-07T00:00:00+05:30")),
        (INDIAN, "sunday", "2026-12-07T00:00:00+05:30", None),
        (INDIAN, "monday", "2026-12-07T23:59:59+05:30", Some("2026-12-08T00:00:00+05:30")),
        (INDIAN, "monday", "2026-12-08T21:30:00+05:30", None),
        // From 02:00 clocks go to 03:00, and from 02:00 back to 01:00.
        (NEW_YORKER, "gap", "2026-03-08T01:45:00-05:00", Some("2026-03-08T03:00:00-04:00")),
        (NEW_YORKER, "gap", "2026-03-08T03:00:00-04:00", None),
        (NEW_YORKER, "twice", "2026-11-01T01:10:00-04:00", Some("2026-11-01T01:30:00-05:00")),
        (NEW_YORKER, "twice", "2026-11-01T01:10:00-05:00", Some("2026-11-01T01:30:00-05:00")),
        (NEW_YORKER, "twice", "2026-11-01T01:30:00-05:00", None),
        // Noon in either zone.
        (FLORIDIAN, "noon", "2026-12-01T10:59:59-06:00", None),
        (FLORIDIAN, "noon", "2026-12-01T11:00:00-06:00", Some("2026-12-01T13:00:00-06:00")),
        (FLORIDIAN, "noon", "2026-12-01T12:59:59-06:00", Some("2026-12-01T13:00:00-06:00")),
        (FLORIDIAN, "noon", "2026-12-01T13:00:00-06:00", None),
        (INDIAN, "ends", "2026-12-01T09:00:00+05:30", Some("2026-12-02T12:00:00+05:30")),
        (INDIAN, "ends", "2026-12-02T12:00:00+05:30", None),
        (INDIAN, "later", "2026-12-02T11:59:59+05:30", None),
        (INDIAN, "mourning", "2026-12-01T09:59:59+05:30", None),
        (INDIAN, "mourning", "2026-12-01T10:00:00+05:30", Some("2026-12-03T10:00:00+05:30")),
        (INDIAN, "mourning", "2026-12-03T09:59:59+05:30", Some("2026-12-03T10:00:00+05:30")),
        (INDIAN, "mourning", "2026-12-03T10:00:00+05:30", None),
    ];
    cases.sort_by_key(|(_, _, time, _)| millis(time));
    for (to, customer, time, next) in cases {
        server.clock.stop_at(time);
        let decision = check(&server, to, customer).await;
        let about = format!("{customer} at {time}: {decision}");
        assert_eq!(decision["allowed"], json!(next.is_none()), "{about}");
        assert_eq!(decision["nextAllowed"].as_i64(), next.map(millis), "{about}");
    }
    // The dial itself agrees.
    for (time, status) in [("2027-01-05T19:59:59+05:30", 403), ("2027-01-05T20:00:00+05:30", 202)] {
        server.clock.stop_at(time);
        let call = json!({"to": INDIAN, "customerData": {"customerId": "evening"}});
        let answer = server.post_json("/api/ribbon/calls", call).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(status == 202 || answer.text.contains("asked for no calls now"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_wish_is_entered_once_listed_and_stays_after_it_was_removed() {
    let server = Server::start().await;
    server.clock.stop_at("2026-12-01T11:00:00+05:30");
    let session = server.start_call(INDIAN).await.session_id;
    let list = async |query: &str| -> Value {
        server.request_as_operator(Method::GET, &format!("{LIST}?{query}"), json!({})).await.ok()
    };
    // No pack judges it yet, and the answer says so.
    let judged = json!({"weekly": [], "occasions": []});
    assert_eq!(list("").await, json!({"quietTimes": [], "judgedBy": judged, "nextCursor": null}));
    switch_on_wishes(&server).await;
    server.clock.stop_at("2026-12-01T12:00:00+05:30");
    let said = json!({"phoneNumber": "+91 98765-43210", "weekdays": [3, 1], "from": "09:00",
        "to": "24:00", "reason": "Works at the counter", "sessionId": session});
    let made = server.post_json(BY_KEY, said.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!(
        (&made["phoneNumber"], &made["weekdays"], &made["from"], &made["to"], &made["by"]),
        (&json!(INDIAN), &json!([1, 3]), &json!("09:00"), &json!("24:00"), &json!("API key"))
    );
    assert_eq!(made["sessionId"], json!(session));
    // Sent again, also later, it is the same entry.
    server.clock.stop_at("2026-12-01T13:00:00+05:30");
    let again: Value = server.post_json(BY_KEY, said).await.read();
    assert_eq!(again, made);
    let feast = json!({"customerId": "C1", "kind": "festival", "until": "2026-12-04"});
    let feast: Value = add(&server, feast).await.read();
    assert_eq!((&feast["weekdays"], &feast["by"]), (&Value::Null, &json!("operator")));
    let all = list("").await;
    let judged = json!({"weekly": ["own-wishes"], "occasions": ["own-wishes"]});
    assert_eq!(all["judgedBy"], judged);
    assert_eq!(all["quietTimes"], json!([feast, made]));
    assert_eq!(list("number=%2B919876543210").await["quietTimes"], json!([made]));
    assert_eq!(list("customerId=C1").await["quietTimes"], json!([feast]));
    let first = list("limit=1").await;
    let next = first["nextCursor"].as_str().unwrap();
    assert_eq!(list(&format!("limit=1&cursor={next}")).await["quietTimes"], json!([made]));
    // A wish of a number holds for whomever the page names, and one of a customer at any number.
    server.clock.stop_at("2026-12-02T12:00:00+05:30");
    assert_eq!(check(&server, INDIAN, "someone").await["allowed"], json!(false));
    assert_eq!(check(&server, "+91 98765 43210", "C2").await["allowed"], json!(false));
    assert_eq!(check(&server, "+919800000000", "C1").await["allowed"], json!(false));
    assert_eq!(check(&server, "+919800000000", "C2").await["allowed"], json!(true));
    let remove = format!("{LIST}/{}/remove", made["entryId"].as_str().unwrap());
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = format!("/api/admin/clients/client-demo{remove}");
    let body = json!({"reason": "Changed jobs"});
    let refused = server.request_as_staff(Method::POST, &path, &viewer, body.clone()).await;
    refused.problem(403, "scope_missing");
    let seen = format!("/api/admin/clients/client-demo{LIST}");
    let seen = server.request_as_staff(Method::GET, &seen, &viewer, Value::Null).await;
    assert!(seen.status == 200 && seen.text.contains(INDIAN), "{}", seen.text);
    let (_, masked) = create_token(&server, "masked-viewer").await;
    let seen = format!("/api/admin/clients/client-demo{LIST}");
    let seen = server.request_as_staff(Method::GET, &seen, &masked, Value::Null).await;
    assert!(seen.status == 200 && !seen.text.contains("9876543210"), "{}", seen.text);
    let empty = server.request_as_operator(Method::POST, &remove, json!({})).await;
    assert_eq!(empty.wrong_field(), "reason");
    let gone: Value = server.request_as_operator(Method::POST, &remove, body).await.ok();
    assert_eq!(gone["removed"]["reason"], "Changed jobs");
    let twice = json!({"reason": "Again"});
    let twice: Value = server.request_as_operator(Method::POST, &remove, twice).await.ok();
    assert_eq!(twice, gone);
    assert_eq!(check(&server, INDIAN, "someone").await["allowed"], json!(true));
    assert_eq!(list("number=%2B919876543210").await["quietTimes"], json!([gone]));
    let path = format!("{BY_KEY}/{}/remove", feast["entryId"].as_str().unwrap());
    let back: Value = server.post_json(&path, json!({"reason": "It is over"})).await.ok();
    assert_eq!(back["removed"]["by"], "API key");
    let nobody = json!({"reason": "x"});
    server.post_json(&format!("{BY_KEY}/none/remove"), nobody).await.problem(404, "not_found");
    let audit = server.request_as_operator(Method::GET, "/audit", json!({})).await.text;
    for (act, times) in [("quietTime.added", 2), ("quietTime.removed", 2)] {
        assert_eq!(audit.matches(act).count(), times, "{audit}");
    }
}

#[tokio::test]
async fn wrong_wishes_are_refused_by_the_field_that_is_wrong() {
    let server = Server::start().await;
    let whole = json!({"customerId": "C1", "from": "09:00", "to": "17:00"});
    let day = "2027-01-05";
    for (field, change) in [
        ("phoneNumber", json!({"customerId": null})),
        ("phoneNumber", json!({"phoneNumber": "12"})),
        ("customerId", json!({"customerId": " "})),
        ("customerId", json!({"customerId": "\t\u{a0}", "phoneNumber": INDIAN})),
        ("kind", json!({"kind": "party"})),
        ("weekdays", json!({"weekdays": []})),
        ("weekdays", json!({"weekdays": [0]})),
        ("weekdays", json!({"weekdays": [8]})),
        ("weekdays", json!({"weekdays": [1, 2, 3, 4, 5, 6, 7, 1]})),
        ("weekdays", json!({"weekdays": "monday"})),
        ("weekdays[0]", json!({"weekdays": ["1"]})),
        ("from", json!({"from": null})),
        ("from", json!({"from": "9:00"})),
        ("from", json!({"from": "09:60"})),
        ("from", json!({"from": "24:00"})),
        ("from", json!({"from": "+9:00"})),
        ("to", json!({"to": null})),
        ("to", json!({"to": "24:01"})),
        ("to", json!({"to": "9pm"})),
        ("to", json!({"to": "09:00"})),
        ("since", json!({"since": "soon"})),
        ("until", json!({"until": "2020-01-01"})),
        ("sessionId", json!({"sessionId": "ses_none"})),
        ("reason", json!({"reason": "x".repeat(501)})),
        ("weekdays", json!({"kind": "wedding", "until": day, "weekdays": [1]})),
        ("from", json!({"kind": "wedding", "until": day})),
        ("until", json!({"kind": "wedding", "from": null, "to": null})),
        ("until", json!({"kind": "wedding", "from": null, "to": null, "until": "2099-01-01"})),
    ] {
        let mut body = whole.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        assert_eq!(add(&server, body.clone()).await.wrong_field(), field, "{body}");
    }
    let path = format!("/api/admin/clients/client-demo{LIST}?number=1&customerId=2");
    let refused = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
    assert_eq!(refused.wrong_field(), "customerId");
    for n in 0..50 {
        let body = json!({"customerId": "C2", "from": format!("10:{n:02}"), "to": "11:00"});
        assert_eq!(add(&server, body).await.status, 201);
    }
    let one = json!({"customerId": "C2", "from": "12:00", "to": "13:00"});
    add(&server, one).await.problem(409, "conflict");
}

/// Hours that a number asked for stay without words; all else about the person goes.
#[tokio::test]
async fn an_erased_customer_is_not_called_at_hours_that_were_excluded() {
    let server = Server::start().await;
    server.clock.stop_at("2026-12-01T12:00:00+05:30");
    switch_on_wishes(&server).await;
    let customer = json!({"customerId": "C1", "name": "Meera", "phone": INDIAN});
    server.post_json("/api/ribbon/customer", json!({"customerData": customer})).await.ok::<Value>();
    for body in [
        json!({"phoneNumber": INDIAN, "from": "00:00", "to": "24:00", "reason": "Meera said so"}),
        json!({"phoneNumber": INDIAN, "customerId": "C1", "kind": "bereavement",
            "until": "2026-12-24", "reason": "Meera's father"}),
        json!({"customerId": "C1", "from": "10:00", "to": "11:00", "reason": "Meera"}),
        json!({"customerId": "C2", "from": "10:00", "to": "11:00", "reason": "Ravi"}),
    ] {
        assert_eq!(add(&server, body).await.status, 201);
    }
    let data = server.request_as_operator(Method::GET, "/customers/C1/data", json!({})).await;
    let data: Value = data.ok();
    assert_eq!(data["quietTimes"].as_array().unwrap().len(), 3, "{data}");
    let file = json!({"customerId": "C1", "reason": "Complaint"});
    let made = server.request_as_operator(Method::POST, "/complaint-files", file).await;
    assert_eq!(made.status, 200, "{}", made.text);
    // A consent is counted, too, and so is one of a customer of whom nothing else is known.
    for body in [json!({"phoneNumber": INDIAN}), json!({"customerId": "C3"})] {
        let mut body = body;
        body["kind"] = json!("explicit");
        assert_eq!(server.request_as_operator(Method::POST, "/consents", body).await.status, 201);
    }
    for (customer, counts) in [("C1", [3, 1]), ("C3", [0, 1])] {
        for dry in ["?dryRun=true", ""] {
            let path = format!("/customers/{customer}{dry}");
            let done = server.request_as_operator(Method::DELETE, &path, json!({})).await;
            let done: Value = done.ok();
            assert_eq!(done["quietTimes"], json!(counts[0]), "{customer}: {done}");
            assert_eq!(done["consents"], json!(counts[1]), "{customer}: {done}");
        }
    }
    assert!(server.database.read_texts("SELECT consent_id FROM consents").await.is_empty());
    let texts = server.database.read_texts(
        "SELECT kind || ' ' || COALESCE(number, '-') || ' ' || COALESCE(customer_id, '-')
            || ' ' || COALESCE(reason, '-') FROM quiet_times ORDER BY number IS NULL",
    );
    assert_eq!(texts.await, ["weekly +919876543210 - -", "weekly - C2 Ravi"]);
    assert_eq!(check(&server, INDIAN, "C9").await["allowed"], json!(false));
}

#[tokio::test]
async fn another_server_judges_by_a_new_wish_at_once() {
    if !wants_postgres() {
        return;
    }
    let one = Server::start().await;
    let other = one.start_another(SLOW).await;
    switch_on_wishes(&one).await;
    let entry = json!({"phoneNumber": INDIAN, "from": "00:00", "to": "24:00"});
    assert_eq!(check(&other, INDIAN, "C1").await["allowed"], json!(true));
    let made: Value = add(&one, entry).await.read();
    assert_eq!(check(&other, INDIAN, "C1").await["allowed"], json!(false));
    let remove = format!("{LIST}/{}/remove", made["entryId"].as_str().unwrap());
    let reason = json!({"reason": "Error"});
    other.request_as_operator(Method::POST, &remove, reason).await.ok::<Value>();
    assert_eq!(check(&one, INDIAN, "C1").await["allowed"], json!(true));
}
