//! Tests a client's public holidays.

use crate::support::{Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/call-rules/holidays";
/// Of Alabama, which has one zone.
const ALABAMIAN: &str = "+12055550123";

async fn set(server: &Server, holidays: Value) -> Answer {
    server.request_as_operator(Method::PUT, PATH, json!({"holidays": holidays})).await
}

#[tokio::test]
async fn holidays_close_hours_where_they_are() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T12:00:00-06:00");
    let shown: Value = server.request_as_operator(Method::GET, PATH, json!({})).await.ok();
    assert_eq!(shown, json!({"holidays": [], "judgedBy": []}));
    let pack = json!({"title": "Hours", "rules": [{"id": "hours", "test": {"kind": "hours",
        "open": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "to": "20:00"}],
        "holidays": "closed"}, "effect": "block", "standing": "policy", "source": "Our policy",
        "sourceDate": "2026-11-29", "says": "We do not call now."}]});
    let own = "/call-rules/packs/own-hours";
    server.request_as_operator(Method::PUT, own, pack).await.ok::<Value>();
    let on = json!({"packs": ["own-hours"]});
    server.request_as_operator(Method::PUT, "/call-rules", on).await.ok::<Value>();
    for (region, date, allowed) in [
        ("US-AL", "2026-11-30", false),
        ("US", "2026-11-30", false),
        ("US-LA", "2026-11-30", true),
        ("US-AL", "2026-12-01", true),
        ("AU", "2026-11-30", true),
    ] {
        let day = json!({"region": region, "date": date, "name": " Thanksgiving "});
        let shown: Value = set(&server, json!([day])).await.ok();
        assert_eq!(shown["holidays"][0]["name"], "Thanksgiving");
        assert_eq!(shown["judgedBy"], json!(["own-hours"]));
        let body = json!({"calls": [{"to": ALABAMIAN}]});
        let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
        let decision = &answer["results"][0]["decision"];
        assert_eq!(decision["allowed"], json!(allowed), "{region} {date} {decision}");
        if !allowed {
            // 2026-12-01 at 08:00 in Alabama.
            assert_eq!(decision["nextAllowed"], json!(1_796_133_600_000_i64), "{decision}");
        }
    }
    let dial = set(&server, json!([{"region": "US", "date": "2026-11-30", "name": "X"}])).await;
    dial.ok::<Value>();
    let call = server.post_json("/api/ribbon/calls", json!({"to": ALABAMIAN})).await;
    call.problem(403, "call_not_permitted");
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = format!("/api/admin/clients/client-demo{PATH}");
    let refused = server.request_as_staff(Method::PUT, &path, &viewer, json!({"holidays": []}));
    refused.await.problem(403, "scope_missing");
    let audit = server.request_as_operator(Method::GET, "/audit", json!({})).await.text;
    assert_eq!(audit.matches("holidays.changed").count(), 6, "{audit}");
}

#[tokio::test]
async fn a_wrong_list_names_the_place_and_changes_nothing() {
    let server = Server::start().await;
    let good = json!({"region": "AU", "date": "2026-12-25", "name": "Christmas Day"});
    set(&server, json!([good])).await.ok::<Value>();
    for (field, list) in [
        ("holidays", json!(null)),
        ("holidays", json!(vec![good.clone(); 1001])),
        ("holidays[1]", json!([good, good])),
        ("holidays[0].region", json!([{"date": "2026-12-25", "name": "X"}])),
        ("holidays[0].region", json!([{"region": "au", "date": "2026-12-25", "name": "X"}])),
        // No number says that it is of New South Wales.
        ("holidays[0].region", json!([{"region": "AU-NSW", "date": "2026-12-25", "name": "X"}])),
        ("holidays[1].date", json!([good, {"region": "US", "date": "25.12.2026", "name": "X"}])),
        ("holidays[0].date", json!([{"region": "US", "date": "2026-02-29", "name": "X"}])),
        ("holidays[0].date", json!([{"region": "US", "date": "0026-12-25", "name": "X"}])),
        ("holidays[0].name", json!([{"region": "US", "date": "2026-12-25", "name": " "}])),
        (
            "holidays[0].name",
            json!([{"region": "US", "date": "2026-12-25", "name": "x".repeat(201)}]),
        ),
    ] {
        assert_eq!(set(&server, list.clone()).await.wrong_field(), field, "{field}");
    }
    let shown: Value = server.request_as_operator(Method::GET, PATH, json!({})).await.ok();
    assert_eq!(shown["holidays"], json!([good]));
    let days = (0..1000).map(|n| {
        let date = format!("{}-{:02}-{:02}", 2026 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
        json!({"region": "US", "date": date, "name": "Day"})
    });
    let shown: Value = set(&server, json!(days.collect::<Vec<_>>())).await.ok();
    assert_eq!(shown["holidays"].as_array().unwrap().len(), 1000);
    let shown: Value = set(&server, json!([])).await.ok();
    assert_eq!(shown["holidays"], json!([]));
}
