//! Which days a view is about, in the client's time zone.

use super::{Address, link};
use crate::dashboard::access::Access;
use crate::dashboard::ui::format;
use crate::dashboard::ui::{DateRange, DateRangePicker, Day, Preset};
use leptos::prelude::*;

/// The range that holds where none is chosen.
pub const USUAL: Preset = Preset::Last7Days;

/// The name by which the days were chosen; none where they were chosen as days.
pub fn preset(address: Address) -> Option<Preset> {
    match address.get("range") {
        None => Some(USUAL),
        Some(key) => match Preset::of_key(&key) {
            Some(preset) => Some(preset),
            // A name that nobody knows is as good as none.
            None => chosen(address).is_none().then_some(USUAL),
        },
    }
}

/// The days that the address names. It follows the address and the client's zone.
pub fn days(address: Address) -> DateRange {
    match preset(address) {
        Some(preset) => preset.range(today()),
        None => chosen(address).unwrap_or_else(|| USUAL.range(today())),
    }
}

/// The day that it is where the client is.
pub fn today() -> Day {
    format::today(&Access::here().zone(), format::now())
}

fn chosen(address: Address) -> Option<DateRange> {
    let day = |name| Day::parse(&address.get(name)?);
    Some(DateRange::new(day("from")?, day("to")?))
}

/// What stands in an address for some days: the names of filters with their values.
fn filters(range: DateRange) -> [(&'static str, String); 3] {
    [("range", "custom".to_owned()), ("from", range.start.iso()), ("to", range.end.iso())]
}

/// The address of a view about some days, with more filters.
pub fn link_to(path: &str, days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    let days = filters(days);
    let days = days.iter().map(|(name, value)| (*name, value.as_str()));
    let more = more.iter().map(|(name, value)| (*name, value.as_ref()));
    link(path, &days.chain(more).collect::<Vec<_>>())
}

/// The address of the calls of some days, with more filters.
pub fn calls(days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    link_to("/dashboard/calls", days, more)
}

/// No further filters.
pub const NO_MORE: &[(&str, &str)] = &[];

/// Chooses the days; the choice stands in the address.
#[component]
pub fn ChooseDays() -> impl IntoView {
    let address = Address::here();
    let access = Access::here();
    // The zone alone can change which day it is while the page is open.
    let today = Memo::new(move |_| format::today(&access.zone(), format::now()));
    let pick = move |(preset, range): (Option<Preset>, DateRange)| {
        if let Some(preset) = preset {
            return address.set(&[("range", preset.key()), ("from", ""), ("to", "")]);
        }
        let filters = filters(range);
        let filters: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        address.set(&filters);
    };
    view! {
        <DateRangePicker
            range=Signal::derive(move || days(address))
            preset=Signal::derive(move || preset(address))
            today=today
            on_pick=pick
        />
    }
}
