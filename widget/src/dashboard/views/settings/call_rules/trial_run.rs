//! Tries a pack on past calls, answer by answer.

use crate::dashboard::access::Access;
use crate::dashboard::address::api_query;
use crate::dashboard::api::{self, ApiError};
use crate::dashboard::ui::DateRange;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// The most answers of one run; each judges up to 5,000 calls.
const MOST_ANSWERS: usize = 20;
/// The most calls that are shown; the CSV has all.
const MOST_SHOWN: usize = 500;

/// How many calls a rule objects to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RuleCount {
    /// The rule's name.
    pub rule: String,
    /// `block` or `warn`.
    pub effect: String,
    /// What an agent would have read.
    pub said: String,
    /// The calls.
    pub calls: i64,
}

/// A past call to which a rule objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriedCall {
    /// When it began.
    pub at: String,
    /// The call.
    pub session_id: String,
    /// Its agent.
    pub agent_id: Option<String>,
    /// Its customer.
    pub customer_id: Option<String>,
    /// The called number.
    pub phone_number: String,
    /// Whether it would have been stopped.
    pub stopped: bool,
    /// What the agent would have read.
    pub said: String,
}

/// One answer, or several added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrialSum {
    /// The calls that were judged.
    pub calls: i64,
    /// Those that would have been stopped.
    pub stopped: i64,
    /// Those that would have been made with a warning.
    pub warned: i64,
    /// How many calls each rule objects to.
    pub rules: Vec<RuleCount>,
    /// The first calls to which a rule objects.
    pub found: Vec<TriedCall>,
    /// The place of the next answer; `None`: these are all.
    pub next_cursor: Option<String>,
}

impl TrialSum {
    /// Adds the next answer.
    fn add(&mut self, next: Self) {
        self.calls += next.calls;
        self.stopped += next.stopped;
        self.warned += next.warned;
        for count in next.rules {
            match self.rules.iter_mut().find(|own| own.rule == count.rule) {
                Some(own) => own.calls += count.calls,
                None => self.rules.push(count),
            }
        }
        self.rules.sort_by_key(|rule| std::cmp::Reverse(rule.calls));
        let room = MOST_SHOWN.saturating_sub(self.found.len());
        self.found.extend(next.found.into_iter().take(room));
        self.next_cursor = next.next_cursor;
    }
}

/// The state of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was tried.
    Idle,
    /// Answers are on their way.
    Going,
    /// No answer is on its way; some calls may be left.
    Still,
    /// The last request failed.
    Failed(ApiError),
}

/// A trial of one pack.
#[derive(Clone, Copy)]
pub struct TrialRun {
    access: Access,
    pack: StoredValue<String>,
    days: Signal<DateRange>,
    /// What was found so far.
    pub sum: RwSignal<TrialSum>,
    /// The state.
    pub phase: RwSignal<Phase>,
    /// The number of the latest run: answers to an earlier one are dropped.
    latest: StoredValue<u32>,
}

impl TrialRun {
    /// Creates a trial that has not begun.
    pub fn new(pack: String, days: Signal<DateRange>) -> Self {
        Self {
            access: Access::from_context(),
            pack: StoredValue::new(pack),
            days,
            sum: RwSignal::new(TrialSum::default()),
            phase: RwSignal::new(Phase::Idle),
            latest: StoredValue::new(0),
        }
    }

    /// Returns the path of the trial, with more fields.
    pub fn path(self, more: (&str, &str)) -> String {
        let days = self.days.get_untracked();
        let (start, end) = (days.start.to_iso(), days.end.to_iso());
        let pack = self.pack.get_value();
        let fields = [("pack", pack.as_str()), ("startDate", &start), ("endDate", &end), more];
        api_query(&self.access.settings_path("call-rules/trial"), &fields)
    }

    /// Judges the calls of the days from their first on.
    pub fn start(self) {
        self.sum.set(TrialSum::default());
        self.go_on();
    }

    /// Stops; what was found stays.
    pub fn stop(self) {
        self.latest.update_value(|latest| *latest += 1);
        self.phase.set(Phase::Still);
    }

    /// Judges the calls after those that were judged.
    pub fn go_on(self) {
        self.latest.update_value(|latest| *latest += 1);
        let mine = self.latest.get_value();
        self.phase.set(Phase::Going);
        spawn_local(async move {
            for _ in 0..MOST_ANSWERS {
                let cursor = self.sum.try_with_untracked(|sum| sum.next_cursor.clone()).flatten();
                let path = self.path(("cursor", cursor.as_deref().unwrap_or_default()));
                let answer = api::get_json::<TrialSum>(self.access, &path).await;
                if self.latest.try_get_value() != Some(mine) {
                    return;
                }
                match answer {
                    Ok(next) => {
                        let is_over = next.next_cursor.is_none();
                        self.sum.update(|sum| sum.add(next));
                        if is_over {
                            break;
                        }
                    }
                    Err(trouble) => return self.phase.set(Phase::Failed(trouble)),
                }
            }
            self.phase.set(Phase::Still);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_added_up_and_the_shown_calls_are_bounded() {
        let answer = |calls: i64, rule: &str, cursor: Option<&str>| TrialSum {
            calls,
            stopped: 2,
            warned: 1,
            rules: vec![RuleCount {
                rule: rule.to_owned(),
                effect: "block".to_owned(),
                said: String::new(),
                calls,
            }],
            found: vec![
                TriedCall {
                    at: String::new(),
                    session_id: String::new(),
                    agent_id: None,
                    customer_id: None,
                    phone_number: String::new(),
                    stopped: true,
                    said: String::new(),
                };
                200
            ],
            next_cursor: cursor.map(str::to_owned),
        };
        let mut sum = TrialSum::default();
        for next in [answer(5, "a", Some("1")), answer(7, "b", Some("2")), answer(4, "a", None)] {
            sum.add(next);
        }
        assert_eq!((sum.calls, sum.stopped, sum.warned, sum.found.len()), (16, 6, 3, MOST_SHOWN));
        let rules: Vec<(&str, i64)> =
            sum.rules.iter().map(|rule| (rule.rule.as_str(), rule.calls)).collect();
        assert_eq!(rules, [("a", 9), ("b", 7)]);
        assert_eq!(sum.next_cursor, None);
    }
}
