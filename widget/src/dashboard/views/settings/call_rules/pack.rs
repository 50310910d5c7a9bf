//! Packs of rules and a client's settings, as the server sends them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A client's rules of calling.
#[derive(Debug, Clone, Deserialize)]
pub struct CallRules {
    /// What the client has set.
    pub settings: RuleSettings,
    /// Every pack that can be switched on.
    pub packs: Vec<Pack>,
}

/// What a client has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleSettings {
    /// The names of the packs that are on.
    pub packs: Vec<String>,
    /// The purposes of calls by their type.
    pub call_types: BTreeMap<String, String>,
    /// The line of business; `None`: not set.
    pub sector: Option<String>,
    /// The path of the account in the page's data.
    pub account_field: String,
    /// The path of who is called.
    pub party_field: String,
    /// The path of the customer's time zone.
    pub zone_field: String,
}

/// A pack of rules.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// What it is about.
    pub title: String,
    /// The country, in ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Whether the client has written it.
    #[serde(default)]
    pub own: bool,
    /// Its rules.
    pub rules: Vec<Rule>,
}

impl Pack {
    /// Returns whether it is for calls of a purpose to a country.
    pub fn fits(&self, country: &str, purpose: &str) -> bool {
        let of_purpose = |rule: &Rule| {
            rule.purposes.is_empty()
                || rule
                    .purposes
                    .iter()
                    .any(|own| own == purpose || (purpose == "service" && own == "transactional"))
        };
        self.country.as_deref() == Some(country) && self.rules.iter().any(of_purpose)
    }
}

/// A rule of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its name in the pack.
    pub id: String,
    /// The purposes of calls that it is about; empty for all.
    pub purposes: Vec<String>,
    /// The regions that it is about; empty for all.
    pub regions: Vec<String>,
    /// `block` or `warn`.
    pub effect: String,
    /// `in-force`, `draft`, `unconfirmed` or `policy`.
    pub standing: String,
    /// `nobody`, `admin` or `agent`.
    pub may_override: String,
    /// The law or document.
    pub source: String,
    /// Its date.
    pub source_date: String,
    /// The first day on which it applies; `None`: it always did.
    pub applies_from: Option<String>,
    /// What an agent reads.
    pub says: String,
    /// What it demands.
    pub test: Test,
}

/// What a rule demands, as packs write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Test {
    /// Calls only at certain hours.
    Hours {
        /// The hours of days; a day that is not named is closed.
        open: Vec<Opening>,
        /// `usual` or `closed`.
        #[serde(default)]
        holidays: String,
        /// The zone of the hours; `None`: that of the called person.
        zone: Option<String>,
        /// The consents that permit other hours.
        #[serde(default)]
        unless: Vec<Exception>,
    },
    /// At most so many attempts in a time.
    Attempts {
        /// The most attempts.
        most: u32,
        /// The time.
        window: Window,
        /// What is counted together.
        per: String,
        /// Whether attempts count that did not reach the number.
        #[serde(default)]
        unreached: bool,
    },
    /// No call for some days after a conversation.
    AfterTalk {
        /// The days.
        days: u32,
        /// What is counted together.
        per: String,
    },
    /// Only these people may be called.
    Party {
        /// The people.
        allowed: Vec<String>,
    },
    /// No call at the times that the customer has excluded.
    QuietTimes,
    /// No call at certain occasions.
    Occasions,
    /// The shown number must be of a series.
    CallerSeries {
        /// The series, by line of business.
        series: Vec<Series>,
    },
    /// The call must show a number.
    CallerShown,
    /// No call to a number of the client's own list.
    Suppressed,
    /// No call to numbers of a register.
    Registry {
        /// Its name.
        name: String,
        /// The most days that its file may be old.
        most_days_old: u32,
        /// The days after which an entry counts.
        #[serde(default)]
        listed_days: u32,
        /// The consents that permit calls all the same.
        #[serde(default)]
        unless: Vec<Exception>,
    },
    /// A kind that this page does not know.
    #[serde(other)]
    Unknown,
}

/// The hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Opening {
    /// The days: 1 is Monday.
    pub days: Vec<u8>,
    /// The first moment.
    pub from: String,
    /// The first moment that is too late.
    pub to: String,
}

/// A consent that lifts a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exception {
    /// Its kind.
    pub consent: String,
    /// The days in which it counts.
    pub within_days: Option<u32>,
}

/// A time in which attempts are counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Window {
    /// `days` or `hours`.
    pub unit: String,
    /// How many.
    pub count: u32,
}

/// The numbers that a line of business has to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// The lines of business; empty for all.
    #[serde(default)]
    pub sectors: Vec<String>,
    /// The first digits.
    pub prefix: String,
    /// The first day on which it has to.
    pub applies_from: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_fits_by_country_and_purpose() {
        let rule = |purposes: &[&str]| -> Rule {
            let purposes: Vec<&str> = purposes.to_vec();
            serde_json::from_value(serde_json::json!({
                "id": "x", "purposes": purposes, "regions": [], "effect": "block",
                "standing": "in-force", "mayOverride": "nobody", "source": "s",
                "sourceDate": "2026-01-01", "appliesFrom": null, "says": "s",
                "test": {"kind": "moon-phase", "more": [1]},
            }))
            .unwrap()
        };
        let pack = |purposes: &[&str]| Pack {
            name: "p".to_owned(),
            version: 1,
            title: "P".to_owned(),
            country: Some("IN".to_owned()),
            own: false,
            rules: vec![rule(purposes)],
        };
        assert_eq!(rule(&[]).test, Test::Unknown);
        for (purposes, country, purpose, fits) in [
            (&["recovery"][..], "IN", "recovery", true),
            (&["recovery"], "US", "recovery", false),
            (&["recovery"], "IN", "sales", false),
            (&["transactional"], "IN", "service", true),
            (&[], "IN", "sales", true),
            (&[], "", "sales", false),
        ] {
            assert_eq!(pack(purposes).fits(country, purpose), fits, "{purposes:?} {country}");
        }
    }
}
