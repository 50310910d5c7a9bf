//! Random facts about a call.

use super::{DAY, MINUTE, all_packs, base, local};
use call_ribbon_rules::{
    Attempt, AttemptResult, AttemptTo, Consent, ConsentKind, Facts, Holiday, Occasion, Pack, Party,
    Purpose, QuietTime, Registry, Scope, Suppression,
};
use chrono_tz::Tz;
use proptest::prelude::*;

/// How many days the random facts are spread over.
const SPAN_DAYS: i64 = 40;

pub fn any_time() -> impl Strategy<Value = i64> {
    (0..SPAN_DAYS * 24 * 60).prop_map(|minute| base() + minute * MINUTE)
}

fn any_end() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), any_time().prop_map(Some)]
}

fn any_purpose() -> impl Strategy<Value = Option<Purpose>> {
    prop::sample::select(vec![
        None,
        Some(Purpose::Recovery),
        Some(Purpose::Sales),
        Some(Purpose::Service),
        Some(Purpose::Transactional),
    ])
}

fn any_attempt() -> impl Strategy<Value = Attempt<'static>> {
    (
        any_time(),
        prop::sample::select(vec![
            AttemptResult::Unreached,
            AttemptResult::Reached,
            AttemptResult::Reached,
            AttemptResult::Talked,
        ]),
        prop::bool::weighted(0.2),
        prop::sample::select(vec![AttemptTo::Customer, AttemptTo::Number, AttemptTo::Both]),
        prop::sample::select(vec![None, Some("A-1"), Some("A-1"), Some("A-2")]),
    )
        .prop_map(|(at, result, consented, to, account)| Attempt {
            at,
            result,
            consented,
            to,
            account,
        })
}

fn any_suppression() -> impl Strategy<Value = Suppression> {
    (
        prop_oneof![
            Just(Scope::All),
            any_purpose().prop_map(|purpose| purpose.map_or(Scope::All, Scope::Purpose)),
            prop::sample::select(vec!["A-1", "A-2"])
                .prop_map(|name| Scope::Account(name.to_owned())),
        ],
        any_time(),
        any_end(),
        prop::sample::select(vec![
            None,
            Some("in-preference"),
            Some("uk-tps"),
            Some("us-national-dnc"),
        ]),
    )
        .prop_map(|(scope, at, until, registry)| Suppression {
            scope,
            at,
            until,
            registry: registry.map(str::to_owned),
        })
}

fn any_consent() -> impl Strategy<Value = Consent> {
    (
        prop::sample::select(vec![
            ConsentKind::Explicit,
            ConsentKind::Inferred,
            ConsentKind::Purchase,
            ConsentKind::Enquiry,
        ]),
        any_purpose(),
        // Some are so old that they count no more.
        (0..700_i64, any_time()).prop_map(|(days, at)| at - days * DAY),
        any_end(),
        any_end(),
    )
        .prop_map(|(kind, purpose, given_at, expires_at, withdrawn_at)| Consent {
            kind,
            purpose,
            given_at,
            expires_at,
            withdrawn_at,
        })
}

fn any_quiet_time() -> impl Strategy<Value = QuietTime> {
    (1_u8..128, 0_u32..1440, 1_u32..1440, any_time(), any_end()).prop_map(
        |(weekdays, from, length, since, until)| QuietTime {
            weekdays,
            from,
            // The end of a day is 1440, and not 0 of the next one.
            to: (from + length - 1) % 1440 + 1,
            since,
            until,
        },
    )
}

/// Where a person may be: the regions and the zones.
type Place = (&'static [&'static str], &'static [Tz]);

fn any_place() -> impl Strategy<Value = Place> {
    prop::sample::select(vec![
        (&["IN"][..], &[Tz::Asia__Kolkata][..]),
        (&["US-AL", "US"], &[Tz::America__Chicago]),
        (&["US-FL", "US"], &[Tz::America__Chicago, Tz::America__New_York]),
        (&["US-HI", "US"], &[Tz::Pacific__Honolulu, Tz::America__New_York]),
        (&["AU"], &[Tz::Australia__Sydney, Tz::Australia__Lord_Howe, Tz::Australia__Perth]),
        (&["GB"], &[Tz::Europe__London]),
        (&["CA-ON", "CA"], &[Tz::America__Toronto]),
    ])
}

prop_compose! {
    fn any_lists()(
        attempts in prop::collection::vec(any_attempt(), 0..14),
        suppressions in prop::collection::vec(any_suppression(), 0..3),
        consents in prop::collection::vec(any_consent(), 0..3),
        quiet_times in prop::collection::vec(any_quiet_time(), 0..3),
        occasions in prop::collection::vec((any_time(), 1_i64..10 * 24 * 60), 0..2),
        registries in prop::collection::vec((prop::sample::select(vec!["in-preference", "us-national-dnc", "au-do-not-call", "ca-dncl", "uk-tps"]), any_time()), 0..12),
        holidays in prop::collection::vec((prop::sample::select(vec!["US", "US-AL", "AU", "IN", "CA-ON"]), 0_i64..SPAN_DAYS), 0..6),
    ) -> Facts<'static> {
        let date = |day: i64| local(base() + day * DAY, Tz::UTC).date();
        let registry = |(name, as_of): (&str, i64)| Registry { name: name.to_owned(), as_of };
        let holiday = |(region, day): (&str, i64)| Holiday { region: region.to_owned(), date: date(day) };
        Facts {
            attempts,
            suppressions,
            consents,
            quiet_times,
            occasions: occasions.into_iter().map(|(from, minutes)| Occasion { from, until: from + minutes * MINUTE }).collect(),
            registries: registries.into_iter().map(registry).collect(),
            holidays: holidays.into_iter().map(holiday).collect(),
            ..Facts::default()
        }
    }
}

prop_compose! {
    pub fn any_facts()(
        lists in any_lists(),
        (regions, zones) in any_place(),
        purpose in any_purpose(),
        party in prop::sample::select(vec![None, Some(Party::Customer), Some(Party::Guarantor), Some(Party::Other)]),
        account in prop::sample::select(vec![None, Some("A-1"), Some("A-2")]),
        caller_id in prop::sample::select(vec![None, Some("+911600123456"), Some("+911401234567"), Some("+12125550100")]),
        sector in prop::sample::select(vec![None, Some("bank"), Some("nbfc"), Some("broker"), Some("circus")]),
    ) -> Facts<'static> {
        Facts {
            purpose,
            party,
            account,
            caller_id,
            sector,
            zones: zones.to_vec(),
            regions: regions.iter().map(|region| (*region).to_owned()).collect(),
            ..lists
        }
    }
}

/// Some of the packs: each with one chance of three, so that a call is often permitted.
pub fn any_packs() -> impl Strategy<Value = Vec<Pack>> {
    let all = all_packs();
    prop::collection::vec(prop::bool::weighted(0.33), all.len()).prop_map(move |on| {
        all.iter().zip(on).filter(|(_, on)| *on).map(|(pack, _)| pack.clone()).collect()
    })
}
