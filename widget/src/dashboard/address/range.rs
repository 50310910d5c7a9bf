//! The days that a view shows, in the client's time zone.

use super::team::{TEAM, chosen_team};
use super::{Address, api_query, current_filter, view_link};
use crate::dashboard::access::Access;
use crate::dashboard::ui::format;
use crate::dashboard::ui::{Choice, DateRange, DateRangePicker, Day, Preset, Segments, Select};
use leptos::prelude::*;

/// The range if the address names none.
pub const USUAL: Preset = Preset::Last7Days;

/// The filter of the direction.
const DIRECTION: &str = "callDirection";
const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];
/// The filter of the comparison.
const COMPARE: &str = "compare";

/// Returns the preset that chose the days; `None` if they were chosen as dates.
pub fn chosen_preset(address: Address) -> Option<Preset> {
    match address.get("range").and_then(|key| Preset::of_key(&key)) {
        // An unknown name counts as none.
        None => days_in_address(address).is_none().then_some(USUAL),
        preset => preset,
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

/// Returns the address of a view for some days and the current direction, with more filters.
pub fn link_to(path: &str, days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    let days = range_filters(days);
    let days = days.iter().map(|(name, value)| (*name, value.as_str()));
    let direction = known_direction(current_filter(DIRECTION));
    let has_own = more.iter().any(|(name, _)| *name == DIRECTION);
    let direction = (!has_own && !direction.is_empty()).then_some((DIRECTION, direction.as_str()));
    let more = more.iter().map(|(name, value)| (*name, value.as_ref())).chain(direction);
    view_link(path, &days.chain(more).collect::<Vec<_>>())
}

/// Returns the address of the calls of some days, with more filters.
pub fn calls_link(days: DateRange, more: &[(&str, impl AsRef<str>)]) -> String {
    link_to("/dashboard/calls", days, more)
}

/// Returns the direction of the calls that the address selects; empty for both.
pub fn chosen_direction(address: Address) -> String {
    known_direction(address.get(DIRECTION))
}

fn known_direction(way: Option<String>) -> String {
    way.filter(|way| DIRECTIONS.contains(&way.as_str())).unwrap_or_default()
}

/// Returns the query to the server for the days, the direction and the team of the address.
pub fn range_query(path: &str, address: Address, more: &[(&str, &str)]) -> String {
    let days = chosen_days(address);
    let (start, end) = (days.start.to_iso(), days.end.to_iso());
    let direction = chosen_direction(address);
    let team = chosen_team(address);
    let mut fields = vec![
        ("startDate", start.as_str()),
        ("endDate", &end),
        (DIRECTION, &direction),
        (TEAM, &team),
    ];
    fields.extend(more);
    api_query(path, &fields)
}

/// What the chosen days are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// As many days just before.
    Previous,
    /// The same days of the month before.
    Month,
    /// The same days of the year before.
    Year,
    /// Nothing.
    Nothing,
}

/// Returns what the days of the address are compared with.
pub fn chosen_comparison(address: Address) -> Comparison {
    match address.get(COMPARE).as_deref() {
        Some("previous") => Comparison::Previous,
        Some("month") => Comparison::Month,
        Some("year") => Comparison::Year,
        Some("none") => Comparison::Nothing,
        _ => match chosen_preset(address) {
            Some(Preset::ThisMonth | Preset::LastMonth) => Comparison::Month,
            _ => Comparison::Previous,
        },
    }
}

/// Returns the days with which the chosen days are compared.
pub fn compared_days(days: DateRange, with: Comparison) -> Option<DateRange> {
    let months = |back: i64| {
        let start = days.start.plus_months(-back);
        // A whole month is compared with a whole month, however long it is.
        let next = days.end.plus_days(1);
        let is_whole = next == next.month_start() && days.start == days.start.month_start();
        let end = if is_whole {
            next.plus_months(-back).plus_days(-1)
        } else {
            days.end.plus_months(-back)
        };
        DateRange::new(start, end)
    };
    match with {
        Comparison::Previous => Some(days.preceding()),
        Comparison::Month => Some(months(1)),
        Comparison::Year => Some(months(12)),
        Comparison::Nothing => None,
    }
}

/// Lets the user choose which calls count: all, outbound or inbound.
#[component]
pub fn ChooseDirection() -> impl IntoView {
    let address = Address::from_router();
    let choices = vec![
        Choice::new("", "All calls"),
        Choice::new("outbound", "Outbound"),
        Choice::new("inbound", "Inbound"),
    ];
    view! {
        <Segments
            label="Direction"
            choices=Signal::stored(choices)
            value=Signal::derive(move || chosen_direction(address))
            on_pick=move |way: String| address.set_filters(&[(DIRECTION, &way)])
        />
    }
}

/// Lets the user choose what the days are compared with.
#[component]
pub fn ChooseComparison() -> impl IntoView {
    let address = Address::from_router();
    let choices = vec![
        Choice::new("previous", "Compare with the days before"),
        Choice::new("month", "Compare with last month"),
        Choice::new("year", "Compare with last year"),
        Choice::new("none", "No comparison"),
    ];
    let value = move || match chosen_comparison(address) {
        Comparison::Previous => "previous",
        Comparison::Month => "month",
        Comparison::Year => "year",
        Comparison::Nothing => "none",
    };
    view! {
        <Select
            bare=true
            label="Comparison"
            choices=choices
            value=Signal::derive(move || value().to_owned())
            on_pick=move |with: String| address.set_filters(&[(COMPARE, &with)])
        />
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_compared_with_days_of_the_same_kind() {
        let range = |start: &str, end: &str| DateRange {
            start: Day::parse(start).unwrap(),
            end: Day::parse(end).unwrap(),
        };
        let november = range("2026-11-01", "2026-11-28");
        let february = range("2026-02-01", "2026-02-28");
        for (days, with, expected) in [
            (november, Comparison::Previous, Some(range("2026-10-04", "2026-10-31"))),
            (november, Comparison::Month, Some(range("2026-10-01", "2026-10-28"))),
            (november, Comparison::Year, Some(range("2025-11-01", "2025-11-28"))),
            (february, Comparison::Month, Some(range("2026-01-01", "2026-01-31"))),
            (february, Comparison::Nothing, None),
        ] {
            assert_eq!(compared_days(days, with), expected, "{with:?}");
        }
    }
}
