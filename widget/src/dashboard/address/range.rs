//! The days that a view shows, in the client's time zone.

use super::{Address, view_link};
use crate::dashboard::access::Access;
use crate::dashboard::ui::format;
use crate::dashboard::ui::{DateRange, DateRangePicker, Day, Preset};
use leptos::prelude::*;

/// The range if the address names none.
pub const USUAL: Preset = Preset::Last7Days;

/// Returns the preset that chose the days; `None` if they were chosen as dates.
pub fn chosen_preset(address: Address) -> Option<Preset> {
    match address.get("range") {
        None => Some(USUAL),
        Some(key) => match Preset::of_key(&key) {
            Some(preset) => Some(preset),
            // An unknown name counts as none.
            None => days_in_address(address).is_none().then_some(USUAL),
        },
    }
}

/// Returns the days of the address. They follow the address and the client's time zone.
pub fn chosen_days(address: Address) -> DateRange {
    match chosen_preset(address) {
        Some(preset) => preset.date_range(client_today()),
        None => days_in_address(address).unwrap_or_else(|| USUAL.date_range(client_today())),
    }
}

/// Returns today's date in the client's time zone.
pub fn client_today() -> Day {
    format::today_in(&Access::from_context().time_zone(), format::now_millis())
}

fn days_in_address(address: Address) -> Option<DateRange> {
    let day = |name| Day::parse(&address.get(name)?);
    Some(DateRange::new(day("from")?, day("to")?))
}

/// Returns the filters that put days into an address.
fn range_filters(range: DateRange) -> [(&'static str, String); 3] {
    [("range", "custom".to_owned()), ("from", range.start.to_iso()), ("to", range.end.to_iso())]
}

/// Returns the address of a view for some days, with more filters.
pub fn link_to(path: &str, days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    let days = range_filters(days);
    let days = days.iter().map(|(name, value)| (*name, value.as_str()));
    let more = more.iter().map(|(name, value)| (*name, value.as_ref()));
    view_link(path, &days.chain(more).collect::<Vec<_>>())
}

/// Returns the address of the calls of some days, with more filters.
pub fn calls_link(days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    link_to("/dashboard/calls", days, more)
}

/// No more filters.
pub const NO_MORE: &[(&str, &str)] = &[];

/// Lets the user choose the days and writes them into the address.
#[component]
pub fn ChooseDays() -> impl IntoView {
    let address = Address::from_router();
    let access = Access::from_context();
    // Only a change of zone can change today's date while the page is open.
    let today = Memo::new(move |_| format::today_in(&access.time_zone(), format::now_millis()));
    let pick = move |(preset, range): (Option<Preset>, DateRange)| {
        if let Some(preset) = preset {
            return address.set_filters(&[("range", preset.key()), ("from", ""), ("to", "")]);
        }
        let filters = range_filters(range);
        let filters: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        address.set_filters(&filters);
    };
    view! {
        <DateRangePicker
            range=Signal::derive(move || chosen_days(address))
            preset=Signal::derive(move || chosen_preset(address))
            today=today
            on_pick=pick
        />
    }
}
