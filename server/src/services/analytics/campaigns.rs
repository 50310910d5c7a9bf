//! Figures of a client's campaigns.

use super::dates::DateRange;
use super::overview;
use crate::customer::CAMPAIGN_FIELD;
use crate::services::calls::merged_values::MergedValues;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, Tally, key_as_json};
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{Campaign, CampaignList};
use std::collections::BTreeMap;

/// The most campaigns in a response.
const MAX_CAMPAIGNS: usize = 500;

/// Returns the campaigns of leads, and of calls in a range.
pub async fn list_campaigns(
    store: &Store,
    client: &Client,
    range: DateRange,
    direction: Option<Direction>,
) -> Result<CampaignList, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let span = Span { from: range.from, until: range.until, customer_id: None };
    let merged = MergedValues::of_field(store, client, CAMPAIGN_FIELD).await?;
    let calls = merged.merge(store.fields().sum_by_field(&client.id, CAMPAIGN_FIELD, &span).await?);
    let mut campaigns: BTreeMap<String, (i64, Tally)> = BTreeMap::new();
    for (campaign, leads) in store.leads().count_leads_by_campaign(&client.id).await? {
        campaigns.entry(merged.find_text(campaign)).or_default().0 += leads;
    }
    for (value, line) in calls.values.nonzero_values() {
        let tally = line.tally(direction);
        // Values that are not counted separately have no name.
        let Some(value) = key_as_json(value).filter(|_| tally.calls != 0) else { continue };
        let name = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        campaigns.entry(name).or_default().1.add(&tally, 1);
    }
    let row = |(campaign, (leads, tally)): (String, (i64, Tally))| Campaign {
        campaign,
        leads,
        figures: tally.figures(),
    };
    let mut campaigns: Vec<Campaign> = campaigns.into_iter().map(row).collect();
    // They are sorted by name, and the sort is stable.
    campaigns.sort_by_key(|of| std::cmp::Reverse((of.figures.calls, of.leads)));
    campaigns.truncate(MAX_CAMPAIGNS);
    Ok(CampaignList { campaigns })
}
