//! Plans: how many calls a client may start in a calendar month, and which features it may use.

/// A client's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Plan {
    /// 100 calls a month, for trying the product.
    Trial,
    /// 1,000 calls a month.
    Starter,
    /// 5,000 calls a month.
    Professional,
    /// 20,000 calls a month, or as agreed with the client.
    Enterprise,
}

const CALLING: [&str; 4] = ["call", "mute", "hold", "dtmf"];

impl Plan {
    /// Parses a plan's name as it is stored and sent.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "trial" => Self::Trial,
            "starter" => Self::Starter,
            "professional" => Self::Professional,
            "enterprise" => Self::Enterprise,
            _ => return None,
        })
    }

    /// Returns the name as it is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Starter => "starter",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }

    /// Returns how many calls a client on this plan may start in a month, unless the client has its
    /// own limit.
    #[must_use]
    pub fn calls_per_month(self) -> u32 {
        match self {
            Self::Trial => 100,
            Self::Starter => 1_000,
            Self::Professional => 5_000,
            Self::Enterprise => 20_000,
        }
    }

    /// Returns the plan's features; each plan includes those of the plan below it.
    #[must_use]
    pub fn features(self) -> Vec<&'static str> {
        let more: &[&str] = match self {
            Self::Trial => &[],
            Self::Starter => &["analytics"],
            Self::Professional => &["analytics", "api"],
            Self::Enterprise => &["analytics", "api", "custom"],
        };
        CALLING.iter().chain(more).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plan_has_all_of_the_one_below_it() {
        let plans = [Plan::Trial, Plan::Starter, Plan::Professional, Plan::Enterprise];
        for pair in plans.windows(2) {
            let below = pair[0].features();
            assert!(below.iter().all(|f| pair[1].features().contains(f)));
            assert!(pair[0].calls_per_month() < pair[1].calls_per_month());
        }
        for plan in plans {
            assert_eq!(Plan::parse(plan.as_str()), Some(plan));
        }
    }
}
