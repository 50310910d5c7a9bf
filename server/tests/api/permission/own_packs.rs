//! Tests the packs of rules that a client has written.

use super::quiet_times::wishes;
use crate::support::database::wants_postgres;
use crate::support::{ADMIN_TOKEN, Answer, SLOW, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const LUNCH: &str = "/call-rules/packs/own-lunch";
const INDIAN: &str = "+919876543210";

fn lunch(to: &str) -> Value {
    json!({"title": "No calls at lunch", "rules": [{"id": "lunch", "test": {"kind": "hours",
        "open": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "14:00", "to": to}]},
        "effect": "block", "standing": "policy", "source": "Our policy",
        "sourceDate": "2026-11-29", "mayOverride": "agent", "says": format!("Until {to}.")}]})
}

async fn put(server: &Server, path: &str, body: Value) -> Answer {
    server.request_as_operator(Method::PUT, path, body).await
}

async fn switch_on(server: &Server, packs: Value) -> Answer {
    put(server, "/call-rules", json!({"packs": packs})).await
}

/// Returns the rules that forbid a call now, and the versions of their packs.
async fn judged(server: &Server) -> Vec<String> {
    let body = json!({"calls": [{"to": INDIAN}]});
    let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
    let because = answer["results"][0]["decision"]["because"].as_array().unwrap().clone();
    because
        .iter()
        .map(|one| format!("{} {} {}", one["pack"], one["version"], one["said"]))
        .collect()
}

#[tokio::test]
async fn an_own_pack_judges_calls_by_its_latest_version() {
    let server = Server::start().await;
    server.clock.stop_at("2026-12-01T12:00:00+05:30");
    server.log_event("initiated", "past", "2026-12-01T09:00:00+05:30", json!({})).await;
    assert_eq!(switch_on(&server, json!(["own-lunch"])).await.wrong_field(), "packs");
    let mut body = lunch("18:00");
    body["version"] = json!(7);
    let made: Value = put(&server, LUNCH, body).await.ok();
    assert_eq!((&made["name"], &made["version"]), (&json!("own-lunch"), &json!(1)));
    // What is shown can be sent again, and changes nothing.
    let shown: Value = server.request_as_operator(Method::GET, LUNCH, json!({})).await.ok();
    assert_eq!(shown, made);
    let again: Value = put(&server, LUNCH, shown).await.ok();
    assert_eq!(again["version"], json!(1));
    // It is off until it is switched on.
    assert!(judged(&server).await.is_empty());
    let rules: Value = switch_on(&server, json!(["own-lunch", "uk-sales"])).await.ok();
    let packs = rules["packs"].as_array().unwrap();
    let own = packs.last().unwrap();
    assert_eq!(
        (packs.len(), &own["name"], &own["own"], &own["active"], &own["changedBy"]),
        (10, &json!("own-lunch"), &json!(true), &json!(true), &json!("operator"))
    );
    assert_eq!(packs[0]["own"], json!(false));
    let ids = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter(|one| one.contains("own-")).collect()
    };
    assert_eq!(ids(judged(&server).await), ["\"own-lunch\" 1 \"Until 18:00.\""]);
    let trial = "/call-rules/trial?pack=own-lunch&startDate=2026-12-01";
    let report: Value = server.request_as_operator(Method::GET, trial, json!({})).await.ok();
    assert_eq!((&report["stopped"], &report["version"]), (&json!(1), &json!(1)), "{report}");
    // A decision is made, then the pack changes.
    switch_on(&server, json!(["own-lunch"])).await.ok::<Value>();
    let call = server.post_json("/api/ribbon/calls", json!({"to": INDIAN})).await;
    call.problem(403, "call_not_permitted");
    let kept = "SELECT decision || packs || facts_hash FROM decisions ORDER BY seq";
    let before = server.database.read_texts(kept).await;
    assert!(before[0].contains("Until 18:00."), "{before:?}");
    let changed: Value = put(&server, LUNCH, lunch("17:00")).await.ok();
    assert_eq!(changed["version"], json!(2));
    assert_eq!(ids(judged(&server).await), ["\"own-lunch\" 2 \"Until 17:00.\""]);
    assert_eq!(server.database.read_texts(kept).await, before);
    // It permits an override, as any rule may.
    let body = json!({"to": INDIAN, "override": {"rule": "lunch", "reason": "asked for it"}});
    let call = server.post_json("/api/ribbon/calls", body).await;
    assert_eq!(call.status, 202, "{}", call.text);
    // A pack that is on is not removed; one that is off is, and its versions go on.
    let remove = async || server.request_as_operator(Method::DELETE, LUNCH, json!({})).await;
    remove().await.problem(409, "conflict");
    switch_on(&server, json!([])).await.ok::<Value>();
    let gone: Value = remove().await.ok();
    assert_eq!(gone, changed);
    remove().await.problem(404, "not_found");
    server.request_as_operator(Method::GET, LUNCH, json!({})).await.problem(404, "not_found");
    assert_eq!(switch_on(&server, json!(["own-lunch"])).await.wrong_field(), "packs");
    let back: Value = put(&server, LUNCH, lunch("17:00")).await.ok();
    assert_eq!(back["version"], json!(3));
    let audit = server.request_as_operator(Method::GET, "/audit", json!({})).await.text;
    assert_eq!(audit.matches("ownPack.saved").count(), 3, "{audit}");
    assert_eq!(audit.matches("ownPack.removed").count(), 1, "{audit}");
}

#[tokio::test]
async fn a_wrong_pack_is_refused_with_a_sentence() {
    let server = Server::start().await;
    for name in ["lunch", "own-", "own-list", "in-rbi-recovery", "own-A", "own-a%20b"] {
        let path = format!("/call-rules/packs/{name}");
        assert_eq!(put(&server, &path, lunch("18:00")).await.wrong_field(), "packName", "{name}");
    }
    let with = |name: &str, value: Value| {
        let mut body = lunch("18:00");
        body[name] = value;
        body
    };
    let rule = |name: &str, value: Value| {
        let mut body = lunch("18:00");
        body["rules"][0][name] = value;
        body
    };
    for (field, body, sentence) in [
        ("name", with("name", json!("own-dinner")), "the same as in the address"),
        ("title", with("title", json!(" ")), "1 to 200"),
        ("title", with("title", Value::Null), "is missing"),
        ("country", with("country", json!("in")), "capital"),
        ("rules", with("rules", Value::Null), "is missing"),
        ("rules", with("rules", json!([])), "at least one"),
        ("rules", with("rules", json!("none")), "a list, not text"),
        ("rules", with("rules", json!(["x".repeat(65 * 1024)])), "64 KiB"),
        ("rules[0]", rule("says", Value::Null), "text, not null"),
        ("rules[0]", rule("efect", json!("warn")), "efect is not a field"),
        ("rules", rule("says", json!("x".repeat(501))), "\"lunch\": says must have 1 to 500"),
        ("rules", rule("source", json!("")), "source must have"),
        ("rules", rule("standing", json!("in-force")), "standing must be"),
        ("rules[0]", rule("sourceDate", json!("2026-13-01")), "out of range"),
        ("rules", rule("sourceDate", json!("+262142-12-31")), "sourceDate must be a day"),
        ("rules", rule("appliesFrom", json!("9999-12-31")), "appliesFrom must be a day"),
        ("rules", rule("standing", json!("draft")), "standing must be"),
        (
            "rules",
            rule(
                "test",
                json!({"kind": "attempts", "most": 0, "per": "number",
                "window": {"unit": "days", "count": 1}}),
            ),
            "most is 1 to 1000",
        ),
        ("rules[0]", rule("test", json!({"kind": "magic"})), "must be \""),
        ("rules[0]", rule("test", json!({"kind": "party", "allowed": ["other"], "x": 1})), "x"),
        ("rules[0]", rule("test", json!({"kind": "quiet-times", "days": 1})), "days"),
        ("rules[0]", rule("test", json!({"kind": "occasions", "x": 1})), "x"),
        ("rules[0]", rule("test", json!({"kind": "suppressed", "x": 1})), "x"),
        ("rules[0]", rule("test", json!({"kind": "caller-shown", "x": 1})), "x"),
        (
            "rules[0]",
            rule(
                "test",
                json!({"kind": "attempts", "most": 1, "per": "number",
                "window": {"unit": "days", "count": 1, "extra": 1}}),
            ),
            "extra",
        ),
        ("rules", rule("regions", json!(["XX"])), "regions has \"XX\""),
        ("rules", rule("regions", json!(["US-XX"])), "regions has \"US-XX\""),
        (
            "rules",
            rule("test", json!({"kind": "registry", "name": " ", "mostDaysOld": 7})),
            "name must have 1 to",
        ),
        (
            "rules",
            rule(
                "test",
                json!({"kind": "caller-series", "series": [{"prefix": "1600", "appliesFrom": "2026-01-01"}]}),
            ),
            "prefix must be +",
        ),
        (
            "rules",
            rule(
                "test",
                json!({"kind": "hours", "open": [
                {"days": [1], "from": "09:00", "to": "14:00"}, {"days": [1], "from": "13:00", "to": "18:00"}]}),
            ),
            "overlap",
        ),
        (
            "rules",
            with("rules", json!([wishes()["rules"][0], wishes()["rules"][0]])),
            "its id is used twice",
        ),
    ] {
        let answer = put(&server, LUNCH, body.clone()).await;
        assert!(answer.wrong_field().starts_with(field), "{}", answer.text);
        let said: Value = answer.read();
        let said = said["error"].as_str().unwrap();
        assert!(said.contains(sentence) && !said.contains("at line"), "{said}");
    }
}

/// Hours as people write them: what can be meant is accepted, and stays as it was written; the rest gets
/// a sentence.
#[tokio::test]
async fn hours_are_read_as_they_are_written_or_refused() {
    let server = Server::start().await;
    let with = |open: &Value| {
        let mut body = lunch("18:00");
        body["rules"][0]["test"]["open"] = open.clone();
        body
    };
    let day = |from: &str, to: &str| json!({"days": [1], "from": from, "to": to});
    let many: Vec<Value> = (0..51).map(|n| json!({"days": [1 + n % 7], "from": format!("{:02}:{:02}", n / 7, n % 7), "to": format!("{:02}:{:02}", n / 7, n % 7 + 1)})).collect();
    for (open, sentence) in [
        (json!([day("09:00", "13:00"), day("13:00", "18:00")]), ""),
        (json!([day("00:00", "24:00")]), ""),
        (json!([day("22:00", "24:00"), {"days": [2], "from": "00:00", "to": "02:00"}]), ""),
        (json!([]), "open needs hours and days"),
        (json!([{"days": [], "from": "09:00", "to": "13:00"}]), "open needs hours and days"),
        (json!([day("09:00", "13:00"), day("12:59", "18:00")]), "overlap"),
        (json!([day("09:00", "18:00"), day("10:00", "11:00")]), "overlap"),
        (json!([day("09:00", "13:00"), day("09:00", "13:00")]), "overlap"),
        (json!([{"days": [1, 1], "from": "09:00", "to": "13:00"}]), "overlap"),
        (json!([day("22:00", "02:00")]), "over midnight as two"),
        (json!([day("09:00", "09:00")]), "over midnight as two"),
        (json!([day("24:00", "24:00")]), "over midnight as two"),
        (json!([day("24:00", "02:00")]), "over midnight as two"),
        (json!([day("09:00", "00:00")]), "over midnight as two"),
        (json!([day("09:00", "24:01")]), "no time of day"),
        (json!([day("25:00", "26:00")]), "no time of day"),
        (json!([day("9", "13:00")]), "no time of day"),
        (json!([day("09:00:00", "13:00")]), "no time of day"),
        (json!([day("९:००", "13:00")]), "no time of day"),
        (json!([day("", "")]), "no time of day"),
        (json!([{"days": [0], "from": "09:00", "to": "13:00"}]), "1 (Monday) to 7 (Sunday)"),
        (json!([{"days": [8], "from": "09:00", "to": "13:00"}]), "1 (Monday) to 7 (Sunday)"),
        (json!([{"days": [-1], "from": "09:00", "to": "13:00"}]), "must be a whole number"),
        (
            json!([{"days": ["Monday"], "from": "09:00", "to": "13:00"}]),
            "must be a whole number, not text",
        ),
        (json!([{"days": [1.5], "from": "09:00", "to": "13:00"}]), "must be a whole number"),
        (json!(many), "more than 50"),
    ] {
        let answer = put(&server, LUNCH, with(&open)).await;
        if sentence.is_empty() {
            let made: Value = answer.ok();
            assert_eq!(made["rules"][0]["test"]["open"], open);
        } else {
            assert!(answer.wrong_field().starts_with("rules"), "{}", answer.text);
            let said: Value = answer.read();
            assert!(said["error"].as_str().unwrap().contains(sentence), "{open}: {said}");
        }
    }
}

/// Rules of which no moment satisfies all leave no next time, and the search for it is bounded.
#[tokio::test]
async fn a_call_that_is_never_permitted_has_no_next_time() {
    let server = Server::start().await;
    server.clock.stop_at("2026-12-01T12:00:00+05:30");
    // Each rule permits another hour.
    let mut body = lunch("18:00");
    let rule = body["rules"][0].clone();
    let rules: Vec<Value> = (0..20)
        .map(|hour| {
            let mut rule = rule.clone();
            rule["id"] = json!(format!("r{hour}"));
            let (from, to) = (format!("{hour:02}:00"), format!("{:02}:00", hour + 1));
            rule["test"]["open"] = json!([{"days": [1, 2, 3, 4, 5, 6, 7], "from": from, "to": to}]);
            rule
        })
        .collect();
    body["rules"] = json!(rules);
    put(&server, LUNCH, body).await.ok::<Value>();
    switch_on(&server, json!(["own-lunch"])).await.ok::<Value>();
    // The second number may be in many zones.
    for to in [INDIAN, "+18005550123"] {
        let check = json!({"calls": [{"to": to}]});
        let answer: Value = server.post_json("/api/ribbon/calls/check", check).await.ok();
        let decision = &answer["results"][0]["decision"];
        assert_eq!(decision["allowed"], json!(false), "{to}");
        assert_eq!(decision["nextAllowed"], Value::Null, "{to}");
        let call = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
        call.problem(403, "call_not_permitted");
    }
}

#[tokio::test]
async fn ten_packs_are_a_clients_own_and_staff_without_rights_change_none() {
    let server = Server::start().await;
    for n in 0..10 {
        let path = format!("/call-rules/packs/own-{n}");
        put(&server, &path, lunch("18:00")).await.ok::<Value>();
    }
    put(&server, "/call-rules/packs/own-11", lunch("18:00")).await.problem(409, "conflict");
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = "/api/admin/clients/client-demo/call-rules/packs/own-1";
    for method in [Method::PUT, Method::DELETE] {
        let refused = server.request_as_staff(method, path, &viewer, lunch("18:00")).await;
        refused.problem(403, "scope_missing");
    }
    server.request_as_staff(Method::GET, path, &viewer, Value::Null).await.ok::<Value>();
    let nobody = "/api/admin/clients/nobody/call-rules/packs/own-1";
    let unknown = server.request_as_staff(Method::PUT, nobody, ADMIN_TOKEN, lunch("18:00")).await;
    unknown.problem(404, "not_found");
    // One that cannot be read, as after a step back to an older version, stops calls.
    switch_on(&server, json!(["own-1"])).await.ok::<Value>();
    server.run_sql("UPDATE own_packs SET pack = '{}' WHERE name = 'own-1'").await;
    server.post_json("/api/ribbon/calls", json!({"to": INDIAN})).await.problem(409, "conflict");
}

#[tokio::test]
async fn a_lunch_break_is_two_hours_of_a_day() {
    let server = Server::start().await;
    let mut body = lunch("18:00");
    body["rules"][0]["test"]["open"] = json!([
        {"days": [1, 2, 3, 4, 5], "from": "14:00", "to": "18:00"},
        {"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "13:00"},
    ]);
    put(&server, LUNCH, body.clone()).await.ok::<Value>();
    let shown: Value = server.request_as_operator(Method::GET, LUNCH, json!({})).await.ok();
    assert_eq!(shown["rules"][0]["test"]["open"], body["rules"][0]["test"]["open"]);
    switch_on(&server, json!(["own-lunch"])).await.ok::<Value>();
    for (time, next) in [
        ("2026-12-01T12:59:59+05:30", None),
        ("2026-12-01T13:30:00+05:30", Some(1_796_113_800_000_i64)),
        ("2026-12-01T17:59:59+05:30", None),
    ] {
        server.clock.stop_at(time);
        let body = json!({"calls": [{"to": INDIAN}]});
        let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
        let decision = &answer["results"][0]["decision"];
        assert_eq!(decision["nextAllowed"].as_i64(), next, "{time}: {decision}");
        assert_eq!(decision["allowed"], json!(next.is_none()), "{time}");
    }
}

#[tokio::test]
async fn another_server_judges_by_a_changed_pack_at_once() {
    if !wants_postgres() {
        return;
    }
    let one = Server::start().await;
    one.clock.stop_at("2026-12-01T12:00:00+05:30");
    let other = one.start_another(SLOW).await;
    other.clock.stop_at("2026-12-01T12:00:00+05:30");
    for (to, version) in [("18:00", 1), ("17:00", 2)] {
        put(&one, LUNCH, lunch(to)).await.ok::<Value>();
        switch_on(&one, json!(["own-lunch"])).await.ok::<Value>();
        assert_eq!(judged(&other).await, [format!("\"own-lunch\" {version} \"Until {to}.\"")]);
    }
    switch_on(&other, json!([])).await.ok::<Value>();
    assert!(judged(&one).await.is_empty());
}
