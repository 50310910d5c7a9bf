//! Tests promises to pay: which are kept and broken, beside a naive reference on random histories.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::CallLogs;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "/api/ribbon/analytics/promises";

async fn set_list(server: &Server) {
    let fields = json!([
        {"name": "amount", "label": "Amount", "kind": "amount"},
        {"name": "date", "label": "Date", "kind": "date"},
    ]);
    let list = json!({"timeZone": "Asia/Kolkata", "dispositions": [
        {"code": "promise", "label": "Promise", "outcome": "promise", "requires": fields},
        {"code": "ptp", "label": "Promise", "kind": "promise", "requires": fields},
        {"code": "half", "label": "Promise", "outcome": "promise", "requires": [fields[0]]},
        {"code": "asked", "label": "Asked", "outcome": "contact", "requires": fields},
    ]});
    server.request_as_operator(Method::PATCH, "", list).await.ok::<Value>();
}

/// Numbers that look random, the same for each seed.
struct Random(u64);

fn count<T>(all: impl IntoIterator<Item = T>) -> i64 {
    i64::try_from(all.into_iter().count()).unwrap()
}

impl Random {
    /// Returns a number of a range.
    fn pick(&mut self, from: i64, until: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + i64::try_from(self.0 >> 33).unwrap() % (until - from)
    }

    fn pick_one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.pick(0, count(of))).unwrap()].clone()
    }
}

/// A call whose outcome has an amount and a day.
#[derive(Debug, Clone)]
struct Promised {
    sid: String,
    code: &'static str,
    start: String,
    customer: Option<String>,
    account: Option<String>,
    agent: &'static str,
    campaign: Option<&'static str>,
    amount: i64,
    day: String,
}

impl Promised {
    fn new(sid: &str, start: &str, amount: i64, day: &str) -> Self {
        Self {
            sid: sid.to_owned(),
            code: "promise",
            start: start.to_owned(),
            customer: Some("C1".to_owned()),
            account: None,
            agent: "agent1",
            campaign: None,
            amount,
            day: day.to_owned(),
        }
    }
}

/// Logs the call, and saves its outcome. Returns its session.
async fn promise(server: &Server, made: &Promised) -> String {
    let mut customer = json!({});
    if let Some(id) = &made.customer {
        customer["customerId"] = json!(id);
    }
    if let Some(account) = &made.account {
        customer["context"] = json!({"accountId": account});
    }
    if let Some(campaign) = made.campaign {
        customer["metadata"] = json!({"campaign": campaign});
    }
    let data = json!({"phoneNumber": "+919876543210", "agentId": made.agent,
        "customerData": customer});
    server.log_ended_call(&made.sid, &made.start, 40, data).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let wanted = format!("\"{}\"", made.sid);
    let found = logs.logs.into_iter().find(|row| row.data.get().contains(&wanted));
    let session_id = found.unwrap().session_id;
    let mut fields = json!({"amount": made.amount});
    if made.code != "half" {
        fields["date"] = json!(made.day);
    }
    judge(server, &session_id, json!({"disposition": made.code, "dispositionFields": fields}))
        .await;
    session_id
}

async fn judge(server: &Server, session_id: &str, body: Value) {
    let path = format!("/api/ribbon/calls/{session_id}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
    Answer::from_request(request.json(&body)).await.ok::<Value>();
}

fn payment(id: &str, amount: i64, at: &str, account: Option<&str>) -> Value {
    let mut body = json!({"paymentId": id, "amount": amount, "paidAt": at, "currency": "INR"});
    if let Some(account) = account {
        body["account"] = json!(account);
    }
    body
}

async fn pay(server: &Server, customer: &str, body: Value) -> Answer {
    server.post_json(&format!("/api/ribbon/customer/{customer}/payments"), body).await
}

async fn read(server: &Server, query: &str) -> Value {
    server.get(&format!("{PATH}?{query}")).await.ok()
}

/// Returns made, kept, broken and open.
fn counts(figures: &Value) -> [i64; 4] {
    ["made", "kept", "broken", "open"].map(|name| figures[name].as_i64().unwrap())
}

#[tokio::test]
async fn payments_are_stored_once_and_wrong_ones_are_refused() {
    let server = Server::start().await;
    server.add_other_client().await;
    let good = || payment("PAY-1", 500, "2025-10-12T10:30:00Z", Some("L-1"));
    let saved: Value = pay(&server, "C%2F1", good()).await.ok();
    assert_eq!(
        saved,
        json!({"paymentId": "PAY-1", "customerId": "C/1", "account": "L-1", "amount": 500.0,
            "currency": "INR", "paidAt": "2025-10-12T10:30:00Z", "repeated": false})
    );
    let again: Value = pay(&server, "C%2F1", good()).await.ok();
    assert_eq!(again["repeated"], json!(true));
    for (name, value) in [
        ("amount", json!("₹ 501.00")),
        ("paidAt", json!("2025-10-12T10:30:01Z")),
        ("account", Value::Null),
        ("currency", Value::Null),
    ] {
        let mut other = good();
        other[name] = value;
        pay(&server, "C%2F1", other).await.problem(409, "conflict");
    }
    pay(&server, "C2", good()).await.problem(409, "conflict");
    // A key without the scope `write`, as pages have it, cannot report payments.
    let mut others = good();
    others["apiKey"] = json!(OTHER_KEY);
    pay(&server, "C%2F1", others).await.problem(403, "scope_missing");
    for (name, value) in [
        ("paymentId", Value::Null),
        ("paymentId", json!("")),
        ("paymentId", json!("x".repeat(201))),
        ("amount", Value::Null),
        ("amount", json!(-5)),
        ("amount", json!("5,5")),
        ("amount", json!("100000000000")),
        ("currency", json!("inr")),
        ("paidAt", Value::Null),
        ("paidAt", json!("yesterday")),
        ("paidAt", json!("1970-01-01T00:00:00Z")),
        ("paidAt", json!("2999-01-01T00:00:00Z")),
        ("account", json!("")),
    ] {
        let mut wrong = payment("PAY-2", 500, "2025-10-12T10:30:00Z", None);
        wrong[name] = value;
        assert_eq!(pay(&server, "C1", wrong.clone()).await.wrong_field(), name, "{wrong}");
    }
    let ids =
        server.database.read_texts("SELECT payment_id || ' ' || client_id FROM payments").await;
    assert_eq!(ids, ["PAY-1 client-demo"]);
}

#[tokio::test]
async fn a_promise_is_kept_by_payments_until_the_end_of_its_day() {
    let server = Server::start().await;
    set_list(&server).await;
    server.clock.stop_at("2025-10-20T12:00:00Z");
    // The day ends at 18:30 UTC.
    for (paid_at, kept) in [
        ("2025-10-12T10:29:59Z", false),
        ("2025-10-12T10:30:00Z", true),
        ("2025-10-15T18:29:59Z", true),
        ("2025-10-15T18:30:00Z", false),
    ] {
        let customer = format!("at {paid_at}");
        let made = Promised {
            customer: Some(customer.clone()),
            ..Promised::new(&customer, "2025-10-12T10:30:00Z", 500, "2025-10-15")
        };
        promise(&server, &made).await;
        let path = customer.replace(' ', "%20");
        pay(&server, &path, payment(paid_at, 500, paid_at, None)).await.ok::<Value>();
        let seen = read(&server, "list=all").await;
        let found = seen["promises"].as_array().unwrap().iter();
        let one = found.clone().find(|one| one["customerId"] == json!(customer)).unwrap();
        assert_eq!(one["state"], json!(if kept { "kept" } else { "broken" }), "{paid_at}");
    }
    // One that is not over is open, and kept as soon as it is paid.
    let open = Promised {
        customer: Some("later".to_owned()),
        ..Promised::new("open", "2025-10-19T10:30:00Z", 500, "2025-10-20")
    };
    let session = promise(&server, &open).await;
    let state = async || {
        let seen = read(&server, "startDate=2025-10-19&list=all").await;
        seen["promises"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state().await, "open");
    pay(&server, "later", payment("p1", 499, "2025-10-20T08:00:00Z", None)).await.ok::<Value>();
    assert_eq!(state().await, "open");
    pay(&server, "later", payment("p2", 1, "2025-10-20T08:00:00Z", None)).await.ok::<Value>();
    assert_eq!(state().await, "kept");
    // Another amount is another promise, and another outcome is none.
    let changed = json!({"dispositionFields": {"amount": 501, "date": "2025-10-20"}});
    judge(&server, &session, changed).await;
    assert_eq!(state().await, "open");
    server.clock.stop_at("2025-10-20T18:30:00Z");
    assert_eq!(state().await, "broken");
    let asked = json!({"disposition": "asked",
        "dispositionFields": {"amount": 501, "date": "2025-10-20"}});
    judge(&server, &session, asked).await;
    assert_eq!(counts(&read(&server, "startDate=2025-10-19").await["summary"]), [0; 4]);
    // An outcome that means a promise by its kind is one, too; without a date there is none.
    for (code, made) in [("ptp", 1), ("half", 0)] {
        let other =
            Promised { code, ..Promised::new(code, "2025-10-20T10:00:00Z", 5, "2025-10-21") };
        let session = promise(&server, &other).await;
        let seen = read(&server, "startDate=2025-10-19").await;
        assert_eq!(seen["summary"]["made"], json!(made), "{code}");
        judge(&server, &session, json!({"disposition": null})).await;
    }
    for (query, field) in [("by=status", "by"), ("list=late", "list"), ("startDate=x", "startDate")]
    {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), field);
    }
}

/// What became of each promise, counted coin by coin.
fn count_coins(
    promises: &[Promised],
    payments: &[(String, Value)],
    now: &str,
) -> BTreeMap<String, (i64, &'static str)> {
    let mut order: Vec<&Promised> = promises.iter().collect();
    order.sort_by_key(|made| (made.start.clone(), made.sid.clone()));
    let mut coins: Vec<(&str, &str, &str, Option<&str>)> = Vec::new();
    for (customer, body) in payments {
        for _ in 0..body["amount"].as_i64().unwrap() {
            let text = |name: &str| body[name].as_str().unwrap();
            coins.push((text("paidAt"), text("paymentId"), customer, body["account"].as_str()));
        }
    }
    coins.sort_unstable();
    let mut paid: BTreeMap<String, i64> = BTreeMap::new();
    // The random days end at midnight in UTC.
    let until = |made: &Promised| format!("{}T23:59:59Z", made.day);
    for (at, _, customer, account) in coins {
        let takes = |made: &&&Promised| {
            let same_account = match (&made.account, account) {
                (Some(about), Some(paid_for)) => about == paid_for,
                _ => true,
            };
            made.customer.as_deref() == Some(customer)
                && made.start.as_str() <= at
                && at <= until(made).as_str()
                && same_account
                && paid.get(&made.sid).copied().unwrap_or_default() < made.amount
        };
        let found = order.iter().find(takes).map(|made| made.sid.clone());
        if let Some(sid) = found {
            *paid.entry(sid).or_default() += 1;
        }
    }
    let judge = |made: &Promised| {
        let sum = paid.get(&made.sid).copied().unwrap_or_default();
        let state = match () {
            () if sum >= made.amount => "kept",
            () if now <= until(made).as_str() => "open",
            () => "broken",
        };
        (made.sid.clone(), (sum, state))
    };
    promises.iter().map(judge).collect()
}

#[tokio::test]
async fn random_histories_agree_with_a_naive_reference() {
    let now = "2025-10-16T12:00:00Z";
    for seed in 0..4 {
        let mut random = Random(seed);
        let server = Server::start().await;
        set_list(&server).await;
        server
            .request_as_operator(Method::PATCH, "", json!({"timeZone": "UTC"}))
            .await
            .ok::<Value>();
        server.clock.stop_at(now);
        let moment = |random: &mut Random, last: i64| {
            format!("2025-10-{:02}T{:02}:00:00Z", random.pick(10, last), random.pick(0, 24))
        };
        let account = |random: &mut Random| match random.pick(0, 3) {
            0 => None,
            n => Some(format!("L-{n}")),
        };
        let mut promises = Vec::new();
        let mut sessions = BTreeMap::new();
        for n in 0..24 {
            let start = moment(&mut random, 16);
            let made = Promised {
                customer: (n % 8 != 0).then(|| format!("C{}", random.pick(1, 4))),
                account: account(&mut random),
                agent: random.pick_one(&["agent1", "agent2"]),
                campaign: random.pick_one(&[None, Some("early"), Some("late")]),
                day: format!("2025-10-{:02}", random.pick(9, 19)),
                amount: random.pick(0, 9),
                ..Promised::new(&format!("call-{n:02}"), &start, 0, "")
            };
            sessions.insert(promise(&server, &made).await, made.sid.clone());
            promises.push(made);
        }
        let mut payments = Vec::new();
        for n in 0..30 {
            let customer = format!("C{}", random.pick(1, 4));
            let of = account(&mut random);
            let at = moment(&mut random, 17).min(now.to_owned());
            let body = payment(&format!("p{n:02}"), random.pick(0, 9), &at, of.as_deref());
            pay(&server, &customer, body.clone()).await.ok::<Value>();
            payments.push((customer, body));
        }
        let right = count_coins(&promises, &payments, now);
        for query in ["", "&startDate=2025-10-12", "&startDate=2025-10-12&endDate=2025-10-13"] {
            let seen = read(&server, &format!("list=all{query}")).await;
            let listed = seen["promises"].as_array().unwrap();
            for one in listed {
                let sid = &sessions[one["sessionId"].as_str().unwrap()];
                let (paid, state) = right[sid];
                assert_eq!(
                    (&one["state"], one["paid"].as_f64()),
                    (&json!(state), Some(f64::from(i32::try_from(paid).unwrap()))),
                    "seed {seed}, {sid}: {one}"
                );
            }
            let states: Vec<_> = listed.iter().map(|one| one["state"].as_str().unwrap()).collect();
            let state = |name| count(states.iter().filter(|state| **state == name));
            let by_hand = [count(&states), state("kept"), state("broken"), state("open")];
            assert_eq!(counts(&seen["summary"]), by_hand);
            // Rows add up to the summary, and each number leads to its promises.
            for (by, field) in [("day", "at"), ("agentId", "agentId"), ("campaign", "campaign")] {
                let seen = read(&server, &format!("by={by}{query}")).await;
                let mut sum = [0; 4];
                for row in seen["rows"].as_array().unwrap() {
                    let figures = counts(row);
                    sum.iter_mut().zip(figures).for_each(|(sum, part)| *sum += part);
                    let Some(value) = row["value"].as_str() else { continue };
                    let list =
                        read(&server, &format!("by={by}&list=broken&value={value}{query}")).await;
                    let list = list["promises"].as_array().unwrap();
                    assert_eq!(count(list), figures[2], "{by} {value}");
                    let fits = |one: &Value| one[field].as_str().unwrap().starts_with(value);
                    assert!(list.iter().all(fits), "{by} {value}");
                }
                assert_eq!(sum, by_hand, "{by}");
            }
        }
    }
}

#[tokio::test]
async fn payments_are_exported_and_erased_with_the_customer() {
    let server = Server::start().await;
    set_list(&server).await;
    promise(&server, &Promised::new("call-1", "2025-10-12T10:30:00Z", 500, "2025-10-15")).await;
    for (customer, id) in [("C1", "p1"), ("C2", "p2"), ("only-pays", "p3")] {
        let body = payment(id, 500, "2025-10-13T10:30:00Z", Some("L-1"));
        pay(&server, customer, body).await.ok::<Value>();
    }
    let ask = async |method: Method, path: &str| {
        let path = format!("/customers/{path}");
        server.request_as_operator(method, &path, json!({})).await
    };
    let file: Value = ask(Method::GET, "C1/data").await.ok();
    let paid = json!([{"paymentId": "p1", "account": "L-1", "amount": 500.0, "currency": "INR",
        "paidAt": "2025-10-13T10:30:00Z"}]);
    assert_eq!(file["payments"], paid);
    for customer in ["C1", "only-pays"] {
        ask(Method::DELETE, customer).await.ok::<Value>();
    }
    let left = server.database.read_texts("SELECT payment_id FROM payments").await;
    assert_eq!(left, ["p2"]);
    assert!(server.database.read_texts("SELECT call_sid FROM promises").await.is_empty());
}
