//! Which facts a pack needs.

use crate::pack::{HolidayHours, Pack, Test, Window};
use call_ribbon_shared::Millis;

const DAY: Millis = 24 * 60 * 60 * 1000;
const HOUR: Millis = 60 * 60 * 1000;

impl Pack {
    /// Returns the names of the registers of numbers that it looks into.
    pub fn registers(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|rule| match &rule.test {
            Test::Registry { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns whether a rule is about the times of the week that customers have excluded.
    #[must_use]
    pub fn reads_quiet_times(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.test, Test::QuietTimes {}))
    }

    /// Returns whether a rule is about times of mourning, of a feast, or the like.
    #[must_use]
    pub fn reads_occasions(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.test, Test::Occasions {}))
    }

    /// Returns whether a rule is about public holidays.
    #[must_use]
    pub fn reads_holidays(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| matches!(rule.test, Test::Hours { holidays: HolidayHours::Closed, .. }))
    }

    /// Returns the pack without the rules about the number that the called person sees.
    #[must_use]
    pub fn without_caller_rules(&self) -> Self {
        let mut pack = self.clone();
        pack.rules
            .retain(|rule| !matches!(rule.test, Test::CallerShown {} | Test::CallerSeries { .. }));
        pack
    }

    /// Returns how far back attempts are needed, in milliseconds. A day is added for the zones.
    #[must_use]
    pub fn longest_memory(&self) -> Millis {
        let memory = self.rules.iter().map(|rule| match rule.test {
            Test::Attempts { window: Window::Days(days), .. } | Test::AfterTalk { days, .. } => {
                Millis::from(days + 1) * DAY
            }
            Test::Attempts { window: Window::Hours(hours), .. } => Millis::from(hours) * HOUR,
            _ => 0,
        });
        memory.max().unwrap_or_default()
    }
}
