//! Rule packs: versioned data, each rule with its source.

use crate::facts::{ConsentKind, Party, Purpose};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The most rules in a pack.
const MOST_RULES: usize = 100;
/// The most hours of a rule.
const MOST_OPENINGS: usize = 50;

/// The rules of one law or policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pack {
    /// Its name, such as `in-rbi-recovery`.
    pub name: String,
    /// Goes up with each change.
    pub version: u32,
    /// What it is, in a few words.
    pub title: String,
    /// The country it is for, in ISO 3166 alpha-2; `None` for a client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// One rule of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique within the pack.
    pub id: String,
    /// The purposes of calls it is about; empty for all. A call of unknown purpose is judged by
    /// every rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Purpose>,
    /// The regions it is about, such as `US-FL`; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// What it demands.
    pub test: Test,
    /// What happens if it is broken.
    pub effect: Effect,
    /// Whether it is law.
    pub standing: Standing,
    /// The law or document that says so.
    pub source: String,
    /// The date of the source.
    pub source_date: NaiveDate,
    /// The first day on which it applies; `None` if it always did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_from: Option<NaiveDate>,
    /// Who may call all the same.
    #[serde(default)]
    pub may_override: MayOverride,
    /// One sentence about what is wrong, for the agent.
    pub says: String,
}

/// What a rule demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind",
    deny_unknown_fields
)]
pub enum Test {
    /// Calls only at certain hours.
    Hours {
        /// The hours, by day of the week. A day may have several, and one that is not in the list is
        /// closed.
        open: Vec<Opening>,
        /// The hours on public holidays.
        #[serde(default)]
        holidays: HolidayHours,
        /// The zone of the hours; `None` for the zones of the called person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<Tz>,
        /// What makes calls at other hours permissible.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unless: Vec<Exception>,
    },
    /// At most so many attempts in a time.
    Attempts {
        /// The most attempts, 1 to 1000.
        most: u32,
        /// The time.
        window: Window,
        /// What is counted together.
        per: Per,
        /// Whether attempts count that did not reach the dialed number.
        #[serde(default)]
        unreached: bool,
    },
    /// No call for some days after a conversation, the day of which is the first.
    AfterTalk {
        /// The days, 1 to 366.
        days: u32,
        /// What is counted together.
        per: Per,
    },
    /// Only these people may be called. An unknown party is not objected to.
    Party {
        /// The people.
        allowed: Vec<Party>,
    },
    // The tests without fields have empty braces: without them, unknown fields would be ignored.
    /// No call at the times that the customer has excluded.
    QuietTimes {},
    /// No call while the customer is in mourning, celebrates, or the like.
    Occasions {},
    /// The number that is shown must be of a series.
    CallerSeries {
        /// The series, by line of business.
        series: Vec<Series>,
    },
    /// The number that is shown must be known: no anonymous calls.
    CallerShown {},
    /// No call that a suppression of the client's own forbids.
    Suppressed {},
    /// No call to numbers in a register.
    Registry {
        /// The register's name.
        name: String,
        /// The most days that an import may be old.
        most_days_old: u32,
        /// The days after which an entry has to be respected.
        #[serde(default)]
        listed_days: u32,
        /// What permits calls all the same.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unless: Vec<Exception>,
    },
}

/// The hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Opening {
    /// The days: 1 is Monday, 7 is Sunday.
    pub days: Vec<u8>,
    /// The first moment, as `hh:mm`.
    #[serde(with = "clock")]
    pub from: NaiveTime,
    /// The first moment that is too late, as `hh:mm`. At 19:00:00 sharp, `19:00` is over.
    #[serde(with = "clock")]
    pub to: NaiveTime,
}

/// The hours on public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HolidayHours {
    /// Those of the day of the week.
    #[default]
    Usual,
    /// None.
    Closed,
}

/// A consent that lifts a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exception {
    /// The kind of consent.
    pub consent: ConsentKind,
    /// The days after it was given in which it counts; `None` if that does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
}

/// A time in which attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "unit", content = "count", deny_unknown_fields)]
pub enum Window {
    /// Calendar days of the called person, today included: 1 to 366.
    Days(u32),
    /// The hours before the call: 1 to 8784.
    Hours(u32),
}

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// All attempts to reach the customer.
    Customer,
    /// Attempts about the same account. One whose account is not known counts for each.
    Account,
    /// Attempts to the same number.
    Number,
}

/// The numbers that a line of business has to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Series {
    /// The lines of business; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// The digits with which the number begins, in E.164 with `+`.
    pub prefix: String,
    /// The first day on which it has to.
    pub applies_from: NaiveDate,
}

/// What happens if a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The agent is warned.
    Warn,
    /// The call is not made.
    Block,
}

/// Whether a rule is law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is law.
    InForce,
    /// It may become law.
    Draft,
    /// Only a secondary source says so; counsel has to confirm it.
    Unconfirmed,
    /// It is a client's own, or a recommendation of ours.
    Policy,
}

/// Who may call although a rule forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MayOverride {
    /// Nobody.
    #[default]
    Nobody,
    /// An admin, with a reason.
    Admin,
    /// Each agent, with a reason.
    Agent,
}

/// Why a pack is refused.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It is not JSON of the right shape.
    #[error("The pack cannot be read: {0}.")]
    Shape(#[from] serde_json::Error),
    /// A rule says something impossible.
    #[error("Rule {rule:?}: {sentence}")]
    Rule {
        /// The rule's id.
        rule: String,
        /// What is wrong, and what to write.
        sentence: &'static str,
    },
    /// There are too many rules.
    #[error("A pack has at most {MOST_RULES} rules.")]
    TooMany,
}

impl Pack {
    /// Reads a pack from JSON, and checks it.
    ///
    /// # Errors
    ///
    /// Fails if a field is missing or unknown, or if a rule says something impossible, such as hours
    /// that end before they begin.
    pub fn from_json(text: &str) -> Result<Self, PackError> {
        let pack: Self = serde_json::from_str(text)?;
        if pack.rules.len() > MOST_RULES {
            return Err(PackError::TooMany);
        }
        for (at, rule) in pack.rules.iter().enumerate() {
            let wrong = |sentence| PackError::Rule { rule: rule.id.clone(), sentence };
            if pack.rules[..at].iter().any(|other| other.id == rule.id) {
                return Err(wrong("its id is used twice; give it another."));
            }
            if rule.effect == Effect::Block
                && matches!(rule.standing, Standing::Draft | Standing::Unconfirmed)
            {
                return Err(wrong(
                    "a draft or an unconfirmed rule only warns; set effect to warn.",
                ));
            }
            rule.test.check().map_err(wrong)?;
        }
        Ok(pack)
    }
}

impl Test {
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Hours { open, .. } => {
                if open.is_empty() || open.iter().any(|hours| hours.days.is_empty()) {
                    return Err("open needs hours and days.");
                }
                if open.iter().any(|hours| hours.from >= hours.to) {
                    return Err(
                        "open has hours that do not end after they begin; write hours over midnight as \
                                two, up to 24:00 and from 00:00 of the next day.",
                    );
                }
                if open.len() > MOST_OPENINGS {
                    return Err("open has more than 50 hours; use fewer.");
                }
                let days = open.iter().flat_map(|hours| &hours.days);
                if days.clone().any(|day| !(1..=7).contains(day)) {
                    return Err("days are 1 (Monday) to 7 (Sunday).");
                }
                if days.count() > 7 * MOST_OPENINGS || has_overlap(open) {
                    return Err("open has hours of one day that overlap; make one of them.");
                }
                Ok(())
            }
            Self::Attempts { most, window, .. } => {
                let in_range = match window {
                    Window::Days(days) => (1..=366).contains(days),
                    Window::Hours(hours) => (1..=8784).contains(hours),
                };
                if !in_range {
                    return Err("window is 1 to 366 days or 1 to 8784 hours.");
                }
                if (1..=1000).contains(most) { Ok(()) } else { Err("most is 1 to 1000.") }
            }
            Self::AfterTalk { days, .. } if !(1..=366).contains(days) => Err("days is 1 to 366."),
            Self::Party { allowed } if allowed.is_empty() => Err("allowed needs a party."),
            Self::CallerSeries { series } if series.is_empty() => Err("series needs an entry."),
            _ => Ok(()),
        }
    }
}

/// Returns whether hours of one day overlap. Some may begin when others end.
fn has_overlap(open: &[Opening]) -> bool {
    let all = open.iter().flat_map(|hours| hours.days.iter().map(move |day| (*day, hours)));
    let mut all: Vec<_> = all.map(|(day, hours)| (day, hours.from, hours.to)).collect();
    all.sort_unstable();
    all.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0 && b.1 < a.2))
}

/// Times of day as `hh:mm`; the end of the day is `24:00`, stored as its last moment.
mod clock {
    use chrono::{NaiveTime, Timelike};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    fn end_of_day() -> NaiveTime {
        NaiveTime::MIN.overflowing_sub_signed(chrono::TimeDelta::nanoseconds(1)).0
    }

    pub fn serialize<T: Timelike, S: Serializer>(time: &T, to: S) -> Result<S::Ok, S::Error> {
        // Of the times that are read, only the end of the day has a fraction.
        if time.nanosecond() > 0 {
            return to.serialize_str("24:00");
        }
        to.serialize_str(&format!("{:02}:{:02}", time.hour(), time.minute()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(from)?;
        if text == "24:00" {
            return Ok(end_of_day());
        }
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map_err(|_| D::Error::custom(format!("{text:?} is no time of day; write hh:mm")))
    }
}
