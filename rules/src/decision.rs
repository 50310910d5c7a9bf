//! What was decided, and why.

use crate::facts::{Purpose, ZoneSource};
use crate::pack::{Effect, MayOverride, Standing};
use call_ribbon_shared::Millis;
use serde::{Deserialize, Serialize};

/// Whether a call may be made, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Whether the call may be made.
    pub allowed: bool,
    /// The rules that the call would break, in the order of the packs.
    pub because: Vec<Finding>,
    /// When the call is permitted next, if it is not now, in milliseconds since 1970; `None` if time
    /// does not help, or if it is not known (`not_before`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_allowed: Option<Millis>,
    /// The call is not permitted before this time, and later times were not tried: they are more than
    /// 400 days ahead, or too many. Only without `next_allowed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub not_before: Option<Millis>,
    /// The zones of the called person.
    pub zones: Vec<String>,
    /// How the zones are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub zone_known_by: Option<ZoneSource>,
    /// The purpose by which the call was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub purpose: Option<Purpose>,
}

/// A rule that a call would break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The pack's name.
    pub pack: String,
    /// The pack's version.
    pub version: u32,
    /// The rule's id.
    pub rule: String,
    /// What is wrong, in numbers: the ribbon writes its sentence from it.
    pub reason: Reason,
    /// The pack's sentence about it.
    pub said: String,
    /// What happens.
    pub effect: Effect,
    /// Whether the rule is law.
    pub standing: Standing,
    /// The law or document that has the rule.
    pub source: String,
    /// When it no longer objects, if all else stays as it is; `None` if time does not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub until: Option<Millis>,
    /// Who may call all the same.
    pub may_override: MayOverride,
    /// Whether somebody who may has done so.
    #[serde(default)]
    pub overridden: bool,
}

/// What is wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Reason {
    /// It is outside the permitted hours in this zone.
    Hours {
        /// The zone's name.
        zone: String,
    },
    /// It would be one attempt too many.
    Attempts {
        /// The attempts so far.
        made: u32,
        /// The most that are permitted.
        most: u32,
    },
    /// There was a conversation too recently.
    AfterTalk {
        /// When it was.
        talked_at: Millis,
    },
    /// This person may not be called.
    Party,
    /// The customer does not want to be called at this time.
    QuietTime,
    /// The customer is not to be disturbed.
    Occasion,
    /// The number that is shown is not of the right series.
    CallerSeries {
        /// The digits with which it has to begin.
        prefix: String,
    },
    /// No number is shown.
    CallerHidden,
    /// The customer or the number is on the client's own list.
    Suppressed {
        /// Since when.
        at: Millis,
    },
    /// The number is in a register.
    Registered {
        /// The register.
        registry: String,
    },
    /// The client's copy of a register is too old, or it has none.
    RegistryOld {
        /// The register.
        registry: String,
        /// The date of the copy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        as_of: Option<Millis>,
    },
}

/// A rule that somebody wants to override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override<'o> {
    /// The rule's id, in whichever pack it is; `None` for every rule that may be overridden.
    pub rule: Option<&'o str>,
    /// Whether an admin does it.
    pub by_admin: bool,
}

impl Decision {
    /// Applies overrides: a rule that all may override, or an admin may and does, no longer blocks.
    #[must_use]
    pub fn with_overrides(mut self, overrides: &[Override<'_>]) -> Self {
        for found in &mut self.because {
            found.overridden = overrides.iter().any(|one| {
                one.rule.is_none_or(|rule| rule == found.rule)
                    && match found.may_override {
                        MayOverride::Nobody => false,
                        MayOverride::Admin => one.by_admin,
                        MayOverride::Agent => true,
                    }
            });
        }
        self.allowed = !self.because.iter().any(Finding::blocks);
        if self.allowed {
            self.next_allowed = None;
            self.not_before = None;
        }
        self
    }
}

impl Finding {
    /// Returns whether it keeps the call from being made.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.effect == Effect::Block && !self.overridden
    }
}
