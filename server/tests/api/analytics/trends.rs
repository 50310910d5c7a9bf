//! Tests a client's trends against the days before, and the forecast of its month.

use crate::analytics::totals::Seeded;
use crate::support::{Answer, DIALER_KEY, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallLogs, CampaignList, Figures, LogRow, Period, Trends};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Timelike as _};
use chrono_tz::Tz;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/analytics/trends";

/// Logs calls around the night of 2025-11-02, in which New York sets its clocks back.
async fn seed(server: &Server) {
    let mut random = Seeded(5);
    let mut events = Vec::new();
    for n in 0..400 {
        let start = 1_761_000_000 + i64::try_from(random.next(2_000_000)).unwrap();
        let at = |seconds: i64| DateTime::from_timestamp(start + seconds, 0).unwrap().to_rfc3339();
        let sid = format!("c{n}");
        let direction = random.one_of(&["inbound", "outbound"]);
        let data = json!({"callSid": sid, "callDirection": direction});
        events.push(json!({"event": "initiated", "timestamp": at(0), "data": data}));
        if random.next(9) > 0 {
            let seconds = i64::try_from(random.next(400)).unwrap() * random.one_of(&[0, 1, 1]);
            let data = json!({"callSid": sid, "duration": seconds});
            events.push(json!({"event": "callEnded", "timestamp": at(500), "data": data}));
        }
    }
    for batch in events.chunks(500) {
        server.post_json("/api/ribbon/log-calls", json!({"events": batch})).await.ok::<Value>();
    }
}

async fn logs(server: &Server) -> Vec<LogRow> {
    server.get("/api/ribbon/call-logs?pageSize=500").await.ok::<CallLogs>().logs
}

fn began(row: &LogRow, zone: Tz) -> DateTime<Tz> {
    DateTime::parse_from_rfc3339(&row.initiated_at).unwrap().with_timezone(&zone)
}

/// Adds up calls one by one.
fn figures<'a>(rows: impl Iterator<Item = &'a LogRow>) -> Figures {
    let mut sums = Figures::default();
    for row in rows {
        let seconds = row.duration.unwrap_or(0);
        let inbound = row.data.get().contains("\"callDirection\":\"inbound\"");
        sums.calls += 1;
        sums.inbound += i64::from(inbound);
        sums.connected += i64::from(seconds > 0);
        sums.missed += i64::from(inbound && seconds == 0 && row.duration.is_some());
        sums.total_duration += seconds;
    }
    let rounded = |of: i64| (2 * sums.total_duration + of) / (2 * of).max(1);
    sums.avg_duration = rounded(sums.calls);
    sums.avg_handling_time = rounded(sums.connected);
    sums
}

/// Removes the figures that are accurate only to some per cent.
fn exact(figures: &Figures) -> Figures {
    Figures { median_duration: 0, p90_duration: 0, connect_rate: 0.0, ..*figures }
}

fn check(period: &Period, rows: &[LogRow], first: &str, last: &str, zone: Tz) {
    assert_eq!((period.start_date.as_str(), period.end_date.as_str()), (first, last));
    let (first, last): (NaiveDate, NaiveDate) = (first.parse().unwrap(), last.parse().unwrap());
    let within = |row: &&LogRow| (first..=last).contains(&began(row, zone).date_naive());
    assert_eq!(exact(&period.summary), figures(rows.iter().filter(within)), "{zone}");
    let mut talks: Vec<i64> =
        rows.iter().filter(within).filter_map(|row| row.duration).filter(|s| *s > 0).collect();
    talks.sort_unstable();
    let median = talks[(talks.len() - 1) / 2];
    assert!((period.summary.median_duration - median).abs() * 100 <= median * 4, "{zone}");
    assert!(period.summary.p90_duration > period.summary.median_duration);
    let rate = period.summary.connect_rate;
    let right = f64::from(u32::try_from(talks.len()).unwrap())
        / f64::from(u32::try_from(period.summary.calls).unwrap());
    assert!((rate - right).abs() < 0.0001);
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    assert_eq!(period.days.len(), days.len());
    for (day, listed) in days.iter().zip(&period.days) {
        assert_eq!(listed.date, day.to_string());
        let of_day = rows.iter().filter(|row| began(row, zone).date_naive() == *day);
        assert_eq!(exact(&listed.figures), figures(of_day), "{day} in {zone}");
    }
}

#[tokio::test]
async fn trends_are_what_a_recount_of_the_calls_says() {
    let server = Server::start().await;
    seed(&server).await;
    let rows = logs(&server).await;
    assert_eq!(rows.len(), 400);
    for zone in [Tz::Asia__Kolkata, Tz::America__New_York, Tz::UTC] {
        let query = format!("startDate=2025-10-30&endDate=2025-11-05&timezone={zone}");
        let trends: Trends = server.get(&format!("{PATH}?{query}")).await.ok();
        check(&trends.current, &rows, "2025-10-30", "2025-11-05", zone);
        check(&trends.previous, &rows, "2025-10-23", "2025-10-29", zone);
        assert_eq!(trends.hours.len(), 168);
        let (first, last) = ("2025-10-30".parse().unwrap(), "2025-11-05".parse().unwrap());
        let of_range: Vec<&LogRow> = rows
            .iter()
            .filter(|row| (first..=last).contains(&began(row, zone).date_naive()))
            .collect();
        for (hour, listed) in trends.hours.iter().enumerate() {
            let in_it = of_range.iter().copied().filter(|row| {
                let began = began(row, zone);
                let hours = began.weekday().num_days_from_sunday() * 24 + began.hour();
                usize::try_from(hours).unwrap() == hour
            });
            let right = figures(in_it);
            assert_eq!((listed.calls, listed.connected), (right.calls, right.connected), "{hour}");
        }
        let active = rows.iter().filter(|row| row.duration.is_none()).count();
        assert_eq!(trends.active_calls, i64::try_from(active).unwrap());
        // A time means its day.
        let query =
            format!("startDate=2025-11-02T09:30:00&endDate=2025-11-02T01:30:00&timezone={zone}");
        let answer = server.get(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.wrong_field(), "startDate");
        let query =
            format!("startDate=2025-11-02T01:30:00&endDate=2025-11-03T09:30:00&timezone={zone}");
        let days: Trends = server.get(&format!("{PATH}?{query}")).await.ok();
        check(&days.current, &rows, "2025-11-02", "2025-11-03", zone);
        check(&days.previous, &rows, "2025-10-31", "2025-11-01", zone);
    }
}

#[tokio::test]
async fn a_range_that_ends_today_is_compared_up_to_the_same_time_of_day() {
    let server = Server::start().await;
    server.run_sql("UPDATE clients SET time_zone = 'Asia/Kolkata'").await;
    server.clock.stop_at("2025-11-28T05:17:00Z");
    let log = async |sid: &str, at: &str, direction: &str| {
        let more = json!({"callDirection": direction});
        assert_eq!(server.log_event("initiated", sid, at, more).await.status, 200);
    };
    // 10:46 and 10:48 in Kolkata, of today and of a week, a month and a year before.
    for day in ["2025-11-28", "2025-11-21", "2025-10-28", "2024-11-28"] {
        log(&format!("{day}-1"), &format!("{day}T05:16:00Z"), "outbound").await;
        log(&format!("{day}-2"), &format!("{day}T05:18:00Z"), "inbound").await;
    }
    let trends = async |query: &str| -> Trends {
        server.get(&format!("{PATH}?startDate=2025-11-22&endDate=2025-11-28{query}")).await.ok()
    };
    let usual = trends("").await;
    assert_eq!(usual.previous.end_date, "2025-11-21");
    assert_eq!(usual.previous.until.as_deref(), Some("2025-11-21T05:17:00Z"));
    assert_eq!((usual.current.summary.calls, usual.previous.summary.calls), (2, 1));
    assert_eq!(usual.previous.days.last().unwrap().figures.calls, 1);
    assert_eq!((usual.first_day.as_deref(), usual.current.until), (Some("2024-11-28"), None));
    for (start, end) in [("2025-10-22", "2025-10-28"), ("2024-11-22", "2024-11-28")] {
        let other =
            trends(&format!("&previousStartDate={start}&previousEndDate={end}")).await.previous;
        assert_eq!((other.start_date.as_str(), other.end_date.as_str()), (start, end));
        assert_eq!(other.summary.calls, 1, "{end}");
        let inbound =
            format!("&previousStartDate={start}&previousEndDate={end}&callDirection=inbound");
        assert_eq!(trends(&inbound).await.previous.summary.calls, 0, "{end}");
    }
    // Whole days are compared with whole days.
    let query = "startDate=2025-11-15&endDate=2025-11-21";
    let whole: Trends = server.get(&format!("{PATH}?{query}")).await.ok();
    assert_eq!((whole.previous.until, whole.current.summary.calls), (None, 2));
    for direction in ["inbound", "outbound"] {
        let only = trends(&format!("&callDirection={direction}")).await;
        assert_eq!(only.current.summary.calls, 1, "{direction}");
        let hours: i64 = only.hours.iter().map(|hour| hour.calls).sum();
        // Friday from 10 to 11.
        assert_eq!((hours, only.hours[5 * 24 + 10].calls), (1, 1), "{direction}");
        let agents: Value = server
            .get(&format!("/api/ribbon/analytics/agents?callDirection={direction}"))
            .await
            .ok();
        assert_eq!(agents["summary"]["calls"], 4, "{direction}");
    }
    for (field, query) in [
        ("previousEndDate", "previousStartDate=2025-10-22"),
        ("previousStartDate", "previousEndDate=2025-10-22"),
        ("previousStartDate", "previousStartDate=2025-10-22&previousEndDate=2025-10-21"),
        ("previousEndDate", "previousStartDate=2025-10-22&previousEndDate=soon"),
        ("callDirection", "callDirection=up"),
    ] {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), field, "{query}");
    }
}

/// Logs so many calls at noon of a day.
async fn noon(server: &Server, key: &str, day: NaiveDate, calls: usize) {
    let events: Vec<Value> = (0..calls)
        .map(|n| {
            json!({"event": "initiated", "timestamp": format!("{day}T04:0{n}:00Z"),
                "data": {"callSid": format!("{day}-{n}")}})
        })
        .collect();
    let body = json!({"apiKey": key, "events": events});
    server.post_json("/api/ribbon/log-calls", body).await.ok::<Value>();
}

#[tokio::test]
async fn a_month_goes_on_as_the_four_weeks_before() {
    let server = Server::start().await;
    server.add_other_client().await;
    // A Wednesday.
    server.clock.stop_at("2025-10-22T06:00:00Z");
    let trends = async |key: &str| -> Trends {
        Answer::from_request(server.request(Method::GET, PATH).header("X-API-Key", key)).await.ok()
    };
    let new = trends(KEY).await;
    assert_eq!((new.forecast.calls_this_month, new.forecast.runs_out_on), (0, None));
    assert_eq!(
        (new.current.start_date.as_str(), new.current.end_date.as_str()),
        ("2025-10-16", "2025-10-22")
    );
    assert_eq!(
        (new.previous.start_date.as_str(), new.previous.end_date.as_str()),
        ("2025-10-09", "2025-10-15")
    );
    let today: NaiveDate = "2025-10-22".parse().unwrap();
    noon(&server, OTHER_KEY, today, 1).await;
    let theirs = trends(OTHER_KEY).await;
    assert_eq!(theirs.forecast.calls_this_month, 1, "one day says nothing yet");

    // Three on a working day, one on Saturday and Sunday; there were more long ago.
    for back in 1..=35 {
        let day = today - Days::new(back);
        let calls = match day.weekday().num_days_from_monday() {
            _ if back > 28 => 9,
            0..=4 => 3,
            _ => 1,
        };
        noon(&server, KEY, day, calls).await;
    }
    noon(&server, KEY, today, 1).await;
    // 51 until yesterday, one today, two more today, and 23 on the nine days after it.
    for (limit, runs_out_on) in [
        (78, None),
        (77, Some("2025-10-31")),
        (60, Some("2025-10-24")),
        (54, Some("2025-10-22")),
        (52, Some("2025-10-22")),
        (10, Some("2025-10-22")),
    ] {
        server.run_sql(&format!("UPDATE clients SET call_limit = {limit}")).await;
        let Trends { usage, forecast, .. } = trends(KEY).await;
        assert_eq!((usage.calls_this_month, usage.limit), (52, limit));
        assert_eq!(forecast.calls_this_month, 77);
        assert_eq!(forecast.runs_out_on.as_deref(), runs_out_on, "{limit}");
    }
    // A weekday without data counts as any day: two on Monday, four on Tuesday.
    noon(&server, OTHER_KEY, today - Days::new(2), 2).await;
    noon(&server, OTHER_KEY, today - Days::new(1), 4).await;
    let theirs = trends(OTHER_KEY).await;
    assert_eq!(theirs.usage.calls_this_month, 7);
    assert_eq!(theirs.forecast.calls_this_month, 7 + 2 + 4 * 3 + 2 + 4 + 3 * 3);
}

#[tokio::test]
async fn campaigns_have_their_leads_and_calls() {
    let server = Server::start().await;
    server.add_other_client().await;
    for (n, campaign) in [(1, "spring"), (2, "spring"), (3, "letters")] {
        let lead = json!({"user": "agent1", "lead_id": n, "campaign": campaign, "phone": "112"});
        let request = server.request(Method::POST, "/api/leads/from-dialer/");
        let request = request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead);
        assert_eq!(Answer::from_request(request).await.status, 201);
    }
    let of = |campaign: Value| json!({"customerData": {"metadata": {"campaign": campaign}}});
    server.log_ended_call("c1", "2025-10-12T10:30:00Z", 40, of(json!("spring"))).await;
    server.log_ended_call("c2", "2025-10-13T10:30:00Z", 0, of(json!("spring"))).await;
    server.log_ended_call("c3", "2025-10-13T10:31:00Z", 7, of(json!("autumn"))).await;
    server.log_ended_call("c4", "2025-10-13T10:32:00Z", 7, of(json!(26))).await;
    server.log_ended_call("c5", "2025-10-13T10:33:00Z", 7, json!({})).await;
    let listed = async |query: &str| {
        let list: CampaignList = server.get(&format!("/api/ribbon/campaigns?{query}")).await.ok();
        let row = |of: call_ribbon_shared::wire::Campaign| {
            (
                of.campaign,
                of.leads,
                of.figures.calls,
                of.figures.connected,
                of.figures.total_duration,
            )
        };
        list.campaigns.into_iter().map(row).collect::<Vec<_>>()
    };
    let row = |name: &str, leads, calls, connected, seconds| {
        (name.to_owned(), leads, calls, connected, seconds)
    };
    let all = [
        row("spring", 2, 2, 1, 40),
        row("26", 0, 1, 1, 7),
        row("autumn", 0, 1, 1, 7),
        row("letters", 1, 0, 0, 0),
    ];
    assert_eq!(listed("").await, all);
    let one_day = [row("spring", 2, 1, 1, 40), row("letters", 1, 0, 0, 0)];
    assert_eq!(listed("startDate=2025-10-12&endDate=2025-10-12").await, one_day);
    let theirs =
        server.request(Method::GET, "/api/ribbon/campaigns").header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(theirs).await.ok::<CampaignList>().campaigns.len(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name() {
    let server = Server::start().await;
    for (field, query) in [
        ("startDate", "startDate=soon"),
        ("endDate", "endDate=2025-13-01"),
        ("startDate", "startDate=2025-10-13&endDate=2025-10-12"),
        ("timezone", "timezone=Nowhere"),
    ] {
        for path in [PATH, "/api/ribbon/campaigns"] {
            let answer = server.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.wrong_field(), field, "{path} {query}");
        }
    }
    for query in [
        "startDate=2020-01-01&endDate=2025-01-01",
        "startDate=9000-01-01",
        "endDate=0001-01-01&startDate=0001-01-02",
    ] {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), "startDate");
    }
    for query in
        ["endDate=0001-01-01", "endDate=9999-12-31", "startDate=2025-01-01&endDate=2027-09-27"]
    {
        server.get(&format!("{PATH}?{query}")).await.ok::<Trends>();
    }
    server.run_sql("UPDATE clients SET features = '[]'").await;
    for path in [PATH, "/api/ribbon/campaigns"] {
        server.get(path).await.problem(403, "feature_not_in_plan");
    }
    server.run_sql("UPDATE credentials SET scopes = '[\"ribbon\"]' WHERE kind = 'api_key'").await;
    for path in [PATH, "/api/ribbon/campaigns"] {
        server.get(path).await.problem(403, "scope_missing");
    }
}
