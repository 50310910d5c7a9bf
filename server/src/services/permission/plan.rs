//! Plans a call: gathers all that is known about it before its transaction.

use super::packs::find_active_packs;
use crate::customer::CustomerData;
use crate::permission::{CallPlan, Overriding, PermissionSettings, find_text};
use crate::providers::simulator;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::providers::routing::Carrier;
use crate::storage::{Client, Store};
use call_ribbon_rules::{Pack, Party, ZoneSource, zones};
use call_ribbon_shared::phone::DialNumber;
use chrono_tz::{TZ_VARIANTS, Tz};
use std::sync::Arc;

/// What a client has set and owns, read once for any number of its calls.
#[derive(Debug)]
pub struct Planner {
    /// The client's own zone, for numbers that name none.
    time_zone: Tz,
    settings: PermissionSettings,
    packs: Vec<Arc<Pack>>,
    numbers: Numbers,
}

/// A call to be planned.
#[derive(Debug)]
pub struct AskedCall<'a> {
    /// The id of its decision.
    pub decision_id: String,
    pub number: &'a DialNumber,
    /// `customerData`, as sent or as found.
    pub customer: Option<&'a str>,
    pub agent_id: Option<String>,
    pub overriding: Option<Overriding>,
}

impl Planner {
    /// Reads the client's settings.
    pub async fn of_client(
        store: &Store,
        client: &Client,
        numbers: Numbers,
    ) -> Result<Self, ServiceError> {
        let stored = store.permission().find_call_rules(&client.id).await?;
        let settings = PermissionSettings::from_stored(stored.as_deref()).ok_or_else(|| {
            ServiceError::Conflict(
                "The rules of calling of this client cannot be read; an admin has to save them."
                    .to_owned(),
            )
        })?;
        let packs = find_active_packs(store, &client.id, &settings).await?;
        Ok(Self::new(client, settings, packs, numbers))
    }

    /// Plans calls by these packs.
    pub fn new(
        client: &Client,
        settings: PermissionSettings,
        packs: Vec<Arc<Pack>>,
        numbers: Numbers,
    ) -> Self {
        Self { time_zone: client.time_zone, settings, packs, numbers }
    }

    /// Gathers what is known about a call.
    pub fn plan_call(&self, carrier: &Carrier, asked: AskedCall<'_>) -> CallPlan {
        let number = self.numbers.best_spelling(asked.number);
        let mut spellings = self.numbers.all_spellings(asked.number.as_str());
        if !spellings.contains(&number) {
            spellings.insert(0, number.clone());
        }
        let customer = asked.customer.unwrap_or_default();
        let known = CustomerData::read(customer);
        let text = |path: &str| find_text(customer, path);
        let (zones, zone_source) = self.find_zones(&number, text(&self.settings.zone_field));
        let shown = carrier.settings().own_numbers();
        CallPlan {
            decision_id: asked.decision_id,
            packs: self.packs_for(carrier),
            regions: find_regions(&number),
            number,
            spellings,
            readings: self.numbers.all_readings(asked.number),
            customer_id: known.id,
            agent_id: asked.agent_id,
            purpose: known.call_type.and_then(|call_type| self.settings.purpose_of(&call_type)),
            party: text(&self.settings.party_field).map(|text| read_party(&text)),
            account: text(&self.settings.account_field),
            account_field: self.settings.account_field.clone(),
            zones,
            zone_source,
            caller_id: shown.first().and_then(|number| self.numbers.to_e164(number)),
            sector: self.settings.sector.clone(),
            overriding: asked.overriding,
        }
    }

    /// Returns the packs that judge the calls of a carrier. The simulator shows no number to anybody,
    /// so the rules about it do not judge its calls.
    fn packs_for(&self, carrier: &Carrier) -> Vec<Arc<Pack>> {
        if carrier.settings().provider_name() == simulator::NAME {
            self.packs.iter().map(|pack| Arc::new(pack.without_caller_rules())).collect()
        } else {
            self.packs.clone()
        }
    }

    /// Returns the zones in which the called person may be. One that the customer's data name does
    /// not replace those of the number: hours must be permitted in each.
    fn find_zones(&self, number: &str, named: Option<String>) -> (Vec<Tz>, ZoneSource) {
        let named = named.and_then(|name| read_zone(name.trim()));
        let mut zones: Vec<Tz> =
            zones::find_place(number).map(|place| place.zones.clone()).unwrap_or_default();
        let mut source = if zones.len() > 1 { ZoneSource::Several } else { ZoneSource::Number };
        if let Some(named) = named {
            source = ZoneSource::Customer;
            zones.retain(|zone| *zone != named);
            zones.insert(0, named);
        }
        if zones.is_empty() {
            return (vec![self.time_zone], ZoneSource::ClientDefault);
        }
        (zones, source)
    }
}

/// Returns the regions of a number: `US-FL` and `US`.
fn find_regions(number: &str) -> Vec<String> {
    let Some(place) = zones::find_place(number) else { return Vec::new() };
    let mut regions = vec![place.region.to_owned()];
    if let Some((country, _)) = place.region.split_once('-') {
        regions.push(country.to_owned());
    }
    regions
}

/// Reads the name of a zone in any letter case: one that is not read would be a rule less.
fn read_zone(name: &str) -> Option<Tz> {
    let alike = || TZ_VARIANTS.into_iter().find(|zone| zone.name().eq_ignore_ascii_case(name));
    name.parse().ok().or_else(alike)
}

fn read_party(text: &str) -> Party {
    match text.trim().to_lowercase().as_str() {
        "customer" | "borrower" => Party::Customer,
        "guarantor" => Party::Guarantor,
        _ => Party::Other,
    }
}
