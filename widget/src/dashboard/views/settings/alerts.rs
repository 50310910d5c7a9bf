//! What the client is alerted of, and where alerts and digests go.

use super::form::{Form, FormError, SaveState};
use super::small_table::{Moment, SmallTable};
use crate::dashboard::access::Access;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Choice, Empty, Note, SecretText, Select, Tag, TextField, Toggle, Tone,
};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// The answer to `GET …/alerts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alerts {
    settings: Settings,
    sends_email: bool,
    raised: Vec<String>,
    messages: Vec<Message>,
}

/// What the client is alerted of.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    connect_rate: Option<RateRule>,
    missed: Option<CountRule>,
    provider: Option<CountRule>,
    plan: bool,
    quiet_minutes: i64,
    digest_hour: Option<i64>,
    emails: Vec<String>,
    webhook_url: Option<String>,
}

/// A rule about the connect rate.
#[derive(Debug, Clone, Copy, Deserialize)]
struct RateRule {
    below: f64,
    calls: i64,
    minutes: i64,
}

/// A rule about a count.
#[derive(Debug, Clone, Copy, Deserialize)]
struct CountRule {
    above: i64,
    minutes: i64,
}

/// A message, and what became of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    at: String,
    recipient: String,
    subject: String,
    sent_at: Option<String>,
    try_at: Option<String>,
    trouble: Option<String>,
}

/// The results of a test.
#[derive(Debug, Clone, Deserialize)]
struct TestResults {
    results: Vec<TestResult>,
}

/// What became of one test message.
#[derive(Debug, Clone, Deserialize)]
struct TestResult {
    recipient: String,
    ok: bool,
    trouble: Option<String>,
}

/// Returns the name of an alert.
fn alert_name(rule: &str) -> String {
    match rule {
        "connectRate" => "Few calls connect".to_owned(),
        "missed" => "Many missed calls".to_owned(),
        "provider" => "The telephony provider fails".to_owned(),
        "plan80" => "80 % of the month's calls are used".to_owned(),
        "plan100" => "All of the month's calls are used".to_owned(),
        other => other.to_owned(),
    }
}

/// The tab.
#[component]
pub fn AlertsTab() -> impl IntoView {
    let access = Access::from_context();
    let alerts: Loaded<Alerts> = load_json(move || Some(access.settings_path("alerts")));
    let render = move |alerts: Alerts| view! { <AlertsForm alerts=alerts /> }.into_any();
    view! { <div class="stack">{render_answer(alerts, render)}</div> }
}

#[component]
fn AlertsForm(alerts: Alerts) -> impl IntoView {
    let access = Access::from_context();
    let Alerts { settings, sends_email, raised, messages } = alerts;
    let saving = SaveState::new();
    let text = |value: String| RwSignal::new(value);
    let rate = settings.connect_rate.unwrap_or(RateRule { below: 0.4, calls: 50, minutes: 60 });
    let missed = settings.missed.unwrap_or(CountRule { above: 5, minutes: 15 });
    let provider = settings.provider.unwrap_or(CountRule { above: 3, minutes: 15 });
    let rate_on = RwSignal::new(settings.connect_rate.is_some());
    let missed_on = RwSignal::new(settings.missed.is_some());
    let provider_on = RwSignal::new(settings.provider.is_some());
    let plan_on = RwSignal::new(settings.plan);
    let below = text((rate.below * 100.0).round().to_string());
    let calls = text(rate.calls.to_string());
    let rate_minutes = text(rate.minutes.to_string());
    let missed_above = text(missed.above.to_string());
    let missed_minutes = text(missed.minutes.to_string());
    let provider_above = text(provider.above.to_string());
    let provider_minutes = text(provider.minutes.to_string());
    let quiet = text(settings.quiet_minutes.to_string());
    let digest = text(settings.digest_hour.map(|hour| hour.to_string()).unwrap_or_default());
    let emails = text(settings.emails.join(", "));
    let webhook = text(settings.webhook_url.unwrap_or_default());
    let body = move || {
        // A text that is not a number is sent as it is: the server names the field.
        let number = |field: RwSignal<String>| {
            let text = field.read().trim().to_owned();
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        };
        let share = || {
            let text = below.read().trim().to_owned();
            text.parse::<f64>().map_or_else(|_| json!(text), |percent| json!(percent / 100.0))
        };
        let addresses: Vec<String> = emails
            .read()
            .split([',', ' ', '\n'])
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect();
        let url = webhook.read().trim().to_owned();
        json!({
            "connectRate": rate_on.get().then(|| json!({"below": share(), "calls": number(calls), "minutes": number(rate_minutes)})),
            "missed": missed_on.get().then(|| json!({"above": number(missed_above), "minutes": number(missed_minutes)})),
            "provider": provider_on.get().then(|| json!({"above": number(provider_above), "minutes": number(provider_minutes)})),
            "plan": plan_on.get(),
            "quietMinutes": number(quiet),
            "digestHour": (!digest.read().is_empty()).then(|| number(digest)),
            "emails": addresses,
            "webhookUrl": (!url.is_empty()).then_some(url),
        })
    };
    let saved = RwSignal::new(untrack(body));
    let changed = Memo::new(move |_| *saved.read() != body());
    let save = Callback::new(move |()| {
        let sent = untrack(body);
        saving.send_change(
            Method::PUT,
            access.settings_path("alerts"),
            Some(sent.clone()),
            move |_: Value| {
                saved.set(sent);
                "Saved.".to_owned()
            },
        );
    });
    let testing = SaveState::new();
    let results = RwSignal::new(Vec::<TestResult>::new());
    let test = move |_| {
        testing.send_change(
            Method::POST,
            access.settings_path("alerts/test"),
            None,
            move |answer: TestResults| {
                results.set(answer.results);
                String::new()
            },
        );
    };
    let hours = std::iter::once(Choice::new("", "No digest"))
        .chain((0..24).map(|hour| Choice::new(hour.to_string(), format!("{hour:02}:00"))))
        .collect::<Vec<_>>();
    let raised_now = (!raised.is_empty()).then(|| {
        let names: Vec<String> = raised.iter().map(|rule| alert_name(rule)).collect();
        view! { <Note tone=Tone::Red>{format!("Raised now: {}.", names.join("; "))}</Note> }
    });
    let no_mail = (!sends_email).then(|| {
        view! { <Note tone=Tone::Amber>"This server sends no e-mails: its operator has set no mail server (smtp_host)."</Note> }
    });
    view! {
        {raised_now}
        <section class="card" aria-label="What should you be alerted of?">
            <h2>"What should you be alerted of?"</h2>
            <Form saving=saving changed=changed on_save=save act="Save the alerts">
                <Toggle label="Few calls connect" value=rate_on on_change=move |on| rate_on.set(on) />
                <div class="fields" hidden=move || !rate_on.get()>
                    <TextField label="Below (percent)" value=below error=saving.field_error("connectRate.below") />
                    <TextField label="From how many calls on" value=calls error=saving.field_error("connectRate.calls") />
                    <TextField label="Within (minutes)" value=rate_minutes error=saving.field_error("connectRate.minutes") />
                </div>
                <Toggle label="Many missed calls" value=missed_on on_change=move |on| missed_on.set(on) />
                <div class="fields" hidden=move || !missed_on.get()>
                    <TextField label="More missed calls than" value=missed_above error=saving.field_error("missed.above") />
                    <TextField label="Missed within (minutes)" value=missed_minutes error=saving.field_error("missed.minutes") />
                </div>
                <Toggle label="The telephony provider fails" value=provider_on on_change=move |on| provider_on.set(on) />
                <div class="fields" hidden=move || !provider_on.get()>
                    <TextField label="More failed requests than" value=provider_above error=saving.field_error("provider.above") />
                    <TextField label="Failed within (minutes)" value=provider_minutes error=saving.field_error("provider.minutes") />
                </div>
                <Toggle label="80 and 100 % of the month's calls are used" value=plan_on on_change=move |on| plan_on.set(on) />
                <div class="fields">
                    <TextField label="Quiet time (minutes)" value=quiet hint="An alert that comes and goes is not repeated for so long" error=saving.field_error("quietMinutes") />
                    <Select label="Daily digest" choices=hours value=digest on_pick=move |picked| digest.set(picked) hint="The figures of the day before, at this hour of the client's day" error=saving.field_error("digestHour") />
                </div>
                <h2>"Where do messages go?"</h2>
                {no_mail}
                <TextField label="E-mail addresses" value=emails hint="Separated by commas" error=saving.field_error("emails") />
                <TextField label="Webhook" value=webhook kind="url" hint="A URL that receives each message as JSON" error=saving.field_error("webhookUrl") />
            </Form>
            <WebhookSecret />
        </section>
        <Card title="Do messages arrive?" flush=true>
            <div class="row" hidden=move || !access.may_change()>
                <button type="button" class="button" aria-disabled=move || testing.busy.get().to_string() on:click=test>"Send a test"</button>
                <span class="soft">"To the addresses that are saved"</span>
            </div>
            <FormError saving=testing />
            <div role="status">
                <ul>
                    {move || results.get().into_iter().map(|result| {
                        let text = match result.trouble {
                            Some(trouble) if !result.ok => format!("{}: {trouble}", result.recipient),
                            _ => format!("{}: sent", result.recipient),
                        };
                        view! { <li dir="auto">{text}</li> }
                    }).collect_view()}
                </ul>
            </div>
            <Messages messages=messages />
        </Card>
    }
}

/// The key of the webhook, shown on request.
#[component]
fn WebhookSecret() -> impl IntoView {
    /// The answer to `GET …/alerts/secret`.
    #[derive(Debug, Clone, Deserialize)]
    struct Answer {
        secret: String,
    }
    let access = Access::from_context();
    let wanted = RwSignal::new(false);
    let answer: Loaded<Answer> =
        load_json(move || wanted.get().then(|| access.settings_path("alerts/secret")));
    view! {
        <div hidden=move || !access.may_change()>
            <button type="button" class="button small" hidden=move || wanted.get() on:click=move |_| wanted.set(true)>"Show the webhook's signing key"</button>
            {move || answer.answer().map(|answer| view! { <SecretText what="Signing key of the webhook" secret=answer.secret /> })}
        </div>
    }
}

#[component]
fn Messages(messages: Vec<Message>) -> impl IntoView {
    if messages.is_empty() {
        return view! { <Empty title="No messages yet"><p>"Alerts and digests of the last 30 days appear here."</p></Empty> }.into_any();
    }
    let rows = messages.into_iter().map(|message| {
        let (word, tone) = match (&message.sent_at, &message.try_at) {
            (Some(_), _) => ("Sent", Tone::Green),
            (None, Some(_)) => ("Waiting", Tone::Amber),
            (None, None) => ("Failed", Tone::Red),
        };
        view! {
            <tr>
                <td><Moment at=Some(message.at) /></td>
                <td dir="auto">{message.subject}</td>
                <td>{message.recipient}</td>
                <td title=message.trouble.clone()><Tag text=word tone=tone /></td>
                <td class="text" dir="auto">{message.trouble}</td>
            </tr>
        }
    });
    view! {
        <SmallTable caption="Messages" heads=vec!["Written", "Message", "To", "State", "Trouble"]>{rows.collect_view()}</SmallTable>
    }
    .into_any()
}
