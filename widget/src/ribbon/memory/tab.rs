//! Stores what a tab shows, as one JSON text, and reads it back after a reload.
//!
//! The text consists of JSON that arrived as such (events, the customer), the agent's id and name,
//! and the ribbon's own words and numbers.

use crate::ribbon::feed;
use crate::ribbon::json;
use crate::ribbon::model::{Agent, Model, Position};
use crate::ribbon::options;
use crate::ribbon::step::{RecalledCall, RecalledState};
use call_ribbon_shared::Millis;

/// The maximum age of a call that is shown again before the server has reported its state. A tab
/// that is reopened later asks the server first.
const FRESH_FOR: Millis = 10 * 60 * 1000;

/// Returns the text to store. `agent` is the agent's id and name as JSON texts, `given` is the
/// position that the page requested.
pub(in crate::ribbon) fn write_state(
    model: &Model,
    [agent_id, agent_name]: [&str; 2],
    given: Position,
    clock_offset: Millis,
) -> String {
    let customer = model.customer.as_ref().map_or("null", |customer| customer.json.as_str());
    let line = model.line.as_ref();
    let over = line.filter(|line| line.told_end).map(|line| {
        let at = line.call.ended_at().or(line.call.connected_at());
        at.or(line.call.started_at()).unwrap_or_default().to_string()
    });
    let seq = model.last_seq.map(|seq| seq.to_string());
    let events = model.aside.iter().chain(line).map(|line| line.events.join(","));
    let events = events.filter(|events| !events.is_empty());
    let waiting = model.call_waiting.iter().map(|line| line.events.join(","));
    let null = || "null".to_owned();
    let word = |on: bool| if on { "true" } else { "false" };
    [
        "{\"agent\":",
        agent_id,
        ",\"name\":",
        agent_name,
        ",\"live\":",
        word(model.live_call().is_some()),
        ",\"given\":\"",
        given.as_str(),
        "\",\"position\":\"",
        model.position.as_str(),
        "\",\"hidden\":",
        word(model.hidden),
        ",\"minimized\":",
        word(model.minimized),
        ",\"customer\":",
        customer,
        ",\"over\":",
        &over.unwrap_or_else(null),
        ",\"seq\":",
        &seq.unwrap_or_else(null),
        ",\"clock\":",
        &clock_offset.to_string(),
        ",\"events\":[",
        &events.collect::<Vec<_>>().join(","),
        "],\"waiting\":[",
        &waiting.collect::<Vec<_>>().join(","),
        "]}",
    ]
    .concat()
}

/// Reads the stored text, with the clock's offset. `age` is how old it is, and `same_page` is whether
/// the page that stored it was reloaded; `given` is the position that the page requests now: if it
/// differs from the earlier request, it takes precedence.
pub(in crate::ribbon) fn read_state(
    text: &str,
    given: Position,
    age: Millis,
    same_page: bool,
) -> Option<(RecalledState, Millis)> {
    let value = json::parse(text)?;
    let position = |name| json::text(&value, name).as_deref().and_then(Position::parse);
    let flag = |name| json::field(&value, name).is_truthy();
    let events = |name| {
        let events = json::items(&json::field(&value, name));
        events.iter().filter_map(json::write).filter_map(feed::read_event).collect()
    };
    let fresh = (0..FRESH_FOR).contains(&age);
    let call = json::integer(&value, "seq").filter(|_| fresh).map(|seq| RecalledCall {
        live: flag("live"),
        history: events("events"),
        waiting: events("waiting"),
        last_seq: seq,
        over: json::integer(&value, "over"),
    });
    let recalled = RecalledState {
        agent: Agent { id: json::text(&value, "agent")?, name: json::text(&value, "name") },
        fresh,
        same_page,
        position: position("position")
            .filter(|_| position("given") == Some(given))
            .unwrap_or(given),
        hidden: flag("hidden"),
        minimized: flag("minimized"),
        customer: options::read_customer(&json::field(&value, "customer")).ok(),
        call,
    };
    Some((recalled, json::integer(&value, "clock").unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ribbon::model::RibbonCall;

    #[test]
    fn a_tab_remembers_in_json() {
        let agent = ["\"me\"", "null"];
        let mut model = Model { minimized: true, last_seq: Some(12), ..Model::default() };
        assert_eq!(
            write_state(&model, agent, Position::Top, -3),
            r#"{"agent":"me","name":null,"live":false,"given":"top","position":"bottom","hidden":false,"minimized":true,"customer":null,"over":null,"seq":12,"clock":-3,"events":[],"waiting":[]}"#
        );
        let events = vec!["{\"seq\":1}".to_owned(), "{\"seq\":2}".to_owned()];
        model.line = Some(RibbonCall { events, told_end: true, ..RibbonCall::default() });
        let waiting =
            |event: &str| RibbonCall { events: vec![event.to_owned()], ..RibbonCall::default() };
        model.call_waiting = vec![waiting("{\"seq\":3}"), waiting("{\"seq\":4}")];
        assert!(
            write_state(&model, agent, Position::Top, 0).ends_with(
                r#""over":0,"seq":12,"clock":0,"events":[{"seq":1},{"seq":2}],"waiting":[{"seq":3},{"seq":4}]}"#
            )
        );
    }
}
