//! The report of a file, for people.

use super::content::{Attempt, Content, SealedEntry};
use super::pages::Pages;
use crate::time;
use chrono_tz::Tz;
use serde_json::Value;

/// Writes the report as a PDF.
pub fn write_report(content: &Content) -> Vec<u8> {
    let zone: Tz = content.file.time_zone.parse().unwrap_or(Tz::UTC);
    let mut pages = Pages::default();
    let file = &content.file;
    pages.add_heading("Calls to one person: file for a complaint");
    pages.add_text(&format!("Client: {} ({})", file.client_name, file.client));
    pages.add_text(&format!("Made at: {}, by {}", local(&file.made_at, zone), file.made_by));
    pages.add_text(&format!("Reason: {}", file.reason));
    pages.add_text(&format!("File: {}", file.file_id));
    pages.add_text(&format!("Times are in the zone: {}", file.time_zone));
    pages.add_text(
        "This report repeats calls.json. Texts that its letters cannot show are replaced by a note; \
         calls.json has them as they are. Open verify.html, or run \"call-ribbon verify FILE\", to \
         check that nothing was altered.",
    );
    pages.add_heading("About");
    let about = &content.about;
    for (what, text) in [("Customer", &about.customer_id), ("Name", &about.name)] {
        if let Some(text) = text {
            pages.add_text(&format!("{what}: {text}"));
        }
    }
    pages.add_text(&format!("Numbers: {}", about.numbers.join(", ")));
    for (what, text) in [("Calls from", &about.from), ("Calls before", &about.until)] {
        if let Some(text) = text {
            pages.add_text(&format!("{what}: {}", local(text, zone)));
        }
    }
    pages.add_heading("What the proof covers");
    for remark in &content.remarks {
        pages.add_text(remark);
    }
    pages.add_heading(&format!("Calls: {}", content.attempts.len()));
    for (at, attempt) in content.attempts.iter().enumerate() {
        add_attempt(&mut pages, at + 1, attempt, zone);
    }
    pages.add_heading(&format!("Asked for and not made: {}", content.decisions.len()));
    for decision in &content.decisions {
        add_decision(&mut pages, decision, zone);
    }
    add_lists(&mut pages, content, zone);
    pages.write()
}

fn add_attempt(pages: &mut Pages, number: usize, attempt: &Attempt, zone: Tz) {
    let call = &attempt.call;
    pages.add_heading(&format!(
        "Call {number}: {}, {}, {}",
        local(&call.start_time, zone),
        call.call_direction.as_str(),
        call.status.as_str()
    ));
    let times = &attempt.times;
    for (what, at) in [
        ("Asked for", &times.asked),
        ("Rang", &times.rang),
        ("Both sides talked from", &times.talked),
        ("Ended", &times.ended),
    ] {
        if let Some(at) = at {
            pages.add_text(&format!("{what}: {}", local(at, zone)));
        }
    }
    let texts = [
        ("Number", &call.phone_number),
        ("Agent", &call.agent_name),
        ("Agent's id", &call.agent_id),
        ("Reason of the end", &call.reason),
        ("Disposition", &attempt.notes.disposition),
        ("Notes", &attempt.notes.text),
    ];
    for (what, text) in texts {
        if let Some(text) = text {
            pages.add_text(&format!("{what}: {text}"));
        }
    }
    pages.add_text(&format!("How the agent was known: {}", attempt.agent_known_by));
    if attempt.decisions.is_empty() {
        pages.add_text("Decision: none; this server did not dial the call.");
    }
    for decision in &attempt.decisions {
        add_decision(pages, decision, zone);
    }
    for event in &attempt.events {
        let public = parse(event);
        let at = public["at"].as_i64().map(time::format).unwrap_or_default();
        let sealed = match (event.seal, &event.personal) {
            (None, _) => "not sealed yet".to_owned(),
            (Some(seal), Some(_)) => format!("seal {seal}"),
            (Some(seal), None) => format!("seal {seal}, personal part erased"),
        };
        pages.add_text(&format!(
            "    {}  {} ({}; event {}, {sealed})",
            local(&at, zone),
            public["event"].as_str().unwrap_or_default(),
            public["source"].as_str().unwrap_or_default(),
            public["number"]
        ));
    }
}

fn add_decision(pages: &mut Pages, decision: &SealedEntry, zone: Tz) {
    let public = parse(decision);
    let at = public["at"].as_i64().map(time::format).unwrap_or_default();
    pages.add_text(&format!(
        "Decision {}: {} at {}; rules: {}; zones: {}",
        public["number"],
        public["outcome"].as_str().unwrap_or_default(),
        local(&at, zone),
        names(&public["packs"], "name"),
        names(&public["decision"]["zones"], "")
    ));
    for found in public["decision"]["because"].as_array().into_iter().flatten() {
        pages.add_text(&format!(
            "    {}, {}: {}",
            found["pack"].as_str().unwrap_or_default(),
            found["rule"].as_str().unwrap_or_default(),
            found["said"].as_str().unwrap_or_default()
        ));
    }
}

fn add_lists(pages: &mut Pages, content: &Content, zone: Tz) {
    pages.add_heading(&format!("On the do-not-call list: {}", content.suppressions.len()));
    for entry in &content.suppressions {
        add_fields(pages, entry, zone);
    }
    pages.add_heading(&format!("Consents: {}", content.consents.len()));
    for entry in &content.consents {
        add_fields(pages, entry, zone);
    }
    pages.add_heading(&format!("Times without calls: {}", content.quiet_times.len()));
    for entry in &content.quiet_times {
        add_fields(pages, entry, zone);
    }
    pages.add_heading(&format!("Follow-ups without a call: {}", content.follow_ups.len()));
    for entry in &content.follow_ups {
        add_fields(pages, entry, zone);
    }
    pages.add_heading(&format!("Who used the person's data: {}", content.audit.len()));
    for line in &content.audit {
        let by = line.by.as_deref().unwrap_or("unknown");
        pages.add_text(&format!("{}: {} by {by}", local(&line.at, zone), line.act));
    }
}

/// Adds the fields of an entry, as `calls.json` names them.
fn add_fields(pages: &mut Pages, entry: &impl serde::Serialize, zone: Tz) {
    let value = serde_json::to_value(entry).unwrap_or_default();
    let fields = value.as_object().into_iter().flatten();
    let texts = fields.filter(|(_, value)| !value.is_null()).map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), |text| local(text, zone));
        format!("{name} {text}")
    });
    pages.add_text(&texts.collect::<Vec<_>>().join("; "));
}

fn parse(entry: &SealedEntry) -> Value {
    serde_json::from_str(entry.public.get()).unwrap_or_default()
}

/// Joins the texts of a list, or those in a field of its objects.
fn names(list: &Value, field: &str) -> String {
    let list = list.as_array().into_iter().flatten();
    let texts =
        list.filter_map(|one| if field.is_empty() { one.as_str() } else { one[field].as_str() });
    let texts: Vec<&str> = texts.collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// Returns a time in the client's zone; another text as it is.
fn local(text: &str, zone: Tz) -> String {
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => text.to_owned(),
    }
}
