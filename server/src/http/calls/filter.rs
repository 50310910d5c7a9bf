//! Reads the filters for lists and exports of calls from a query.

use crate::http::analytics::span::read_zone;
use crate::http::openapi::{RangeEnd, direction_kind, zone_kind};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    non_empty, read_direction, read_hours, read_number_up_to, read_search,
};
use crate::services::analytics::dates::DateRange;
use crate::services::calls::search::CallSearch;
use crate::storage::{
    BUILT_IN, CallFilter, CallSort, Client, Connected, FieldCondition, FieldTest, SearchText,
};
use call_ribbon_shared::call::Status;
use serde::Deserialize;
use utoipa::IntoParams;

/// The most characters of a filter's value in the audit log.
const LONGEST_DESCRIBED: usize = 60;

/// The query. Its fields are texts, so that an error can name the field. A call must match every
/// filter that is given.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// The start of the range; if missing, the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The end of the range, that day or moment included; if missing, the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days and hours; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
    /// Only calls of this agent.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    pub agent_id: Option<String>,
    /// Only calls with this customer.
    #[param(pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    pub customer_id: Option<String>,
    /// Only calls with this status; separate several with commas.
    #[param(
        pattern = "^((active|completed|missed|failed|no_answer|busy|abandoned)(,|$))*$",
        example = "missed,no_answer"
    )]
    pub status: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// Only calls of this type, as in `customerData.callType`.
    #[param(pattern = r"^[^\u0000]*$", example = "sales")]
    call_type: Option<String>,
    /// Only calls with this disposition.
    #[param(pattern = r"^[^\u0000]*$", example = "interested")]
    disposition: Option<String>,
    /// Only calls in which both sides talked, or only the others.
    #[param(pattern = "^(true|false|)$", example = "true")]
    connected: Option<String>,
    /// Only calls of at least this many seconds.
    #[param(pattern = "^[0-9]*$", example = "60")]
    min_duration: Option<String>,
    /// Only calls of at most this many seconds.
    #[param(pattern = "^[0-9]*$", example = "300")]
    max_duration: Option<String>,
    /// Only calls that contain this text in the customer's name or id, the number, `callSid`,
    /// `sessionId` or the agent's notes. Case is ignored; in numbers only digits count. A text that is a call's whole
    /// identifier, or a whole number of some calls, finds only those.
    #[param(pattern = r"^[^\u0000]*$", max_length = 200, example = "rao")]
    search: Option<String>,
    /// Only calls whose field of this name equals `value`, is a number from `from` up to but not
    /// including `to`, or is missing (`missing`); one of these must be given. Takes the same names
    /// as `by` in `breakdown`.
    #[param(
        pattern = r"^((context|metadata)\.[^\u0000]+|callType|agentId|status|disposition|callDirection|)$",
        example = "context.daysOverdue"
    )]
    field: Option<String>,
    /// The value of `field`: a text, or a number, true or false written as text.
    #[param(pattern = r"^[^\u0000]*$", example = "30")]
    value: Option<String>,
    /// The lowest number for `field`.
    #[param(pattern = "^(-?[0-9]+([.][0-9]+)?)?$", example = "30")]
    from: Option<String>,
    /// The number that `field` must be below.
    #[param(pattern = "^(-?[0-9]+([.][0-9]+)?)?$", example = "60")]
    to: Option<String>,
    /// `true`: only calls without `field`.
    #[param(pattern = "^(true|false|)$", example = "false")]
    missing: Option<String>,
    /// A second field like `field`, with a condition of its own; both must hold.
    #[param(
        pattern = r"^((context|metadata)\.[^\u0000]+|callType|agentId|status|disposition|callDirection|)$",
        example = "disposition"
    )]
    and_field: Option<String>,
    /// The value of `andField`.
    #[param(pattern = r"^[^\u0000]*$", example = "promise_to_pay")]
    and_value: Option<String>,
    /// The lowest number for `andField`.
    #[param(pattern = "^(-?[0-9]+([.][0-9]+)?)?$", example = "30")]
    and_from: Option<String>,
    /// The number that `andField` must be below.
    #[param(pattern = "^(-?[0-9]+([.][0-9]+)?)?$", example = "60")]
    and_to: Option<String>,
    /// `true`: only calls without `andField`.
    #[param(pattern = "^(true|false|)$", example = "false")]
    and_missing: Option<String>,
    /// Only calls that started in this hour of the day, 0 to 23.
    #[param(pattern = "^([0-9]|1[0-9]|2[0-3]|)$", example = "10")]
    hour: Option<String>,
    /// Only calls that started from `hour` to this hour of the day, both included; without it, only
    /// those in `hour`.
    #[param(pattern = "^([0-9]|1[0-9]|2[0-3]|)$", example = "13")]
    hour_to: Option<String>,
    /// Only calls that started on this day of the week, 0 (Sunday) to 6.
    #[param(pattern = "^[0-6]?$", example = "1")]
    weekday: Option<String>,
    // Lists and exports take different orders, and each describes its own.
    #[param(ignore)]
    sort: Option<String>,
}

impl FilterQuery {
    /// Returns the name of a filter that is set other than `agentId`, `customerId` and `status`.
    pub fn beyond_ribbon(&self) -> Option<&'static str> {
        let set = [
            ("startDate", &self.start_date),
            ("endDate", &self.end_date),
            ("timezone", &self.timezone),
            ("callDirection", &self.call_direction),
            ("callType", &self.call_type),
            ("disposition", &self.disposition),
            ("connected", &self.connected),
            ("minDuration", &self.min_duration),
            ("maxDuration", &self.max_duration),
            ("search", &self.search),
            ("field", &self.field),
            ("value", &self.value),
            ("from", &self.from),
            ("to", &self.to),
            ("missing", &self.missing),
            ("andField", &self.and_field),
            ("andValue", &self.and_value),
            ("andFrom", &self.and_from),
            ("andTo", &self.and_to),
            ("andMissing", &self.and_missing),
            ("hour", &self.hour),
            ("hourTo", &self.hour_to),
            ("weekday", &self.weekday),
            ("sort", &self.sort),
        ];
        let said = |text: &&Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        set.iter().find(|(_, text)| said(text)).map(|(name, _)| *name)
    }

    /// Describes the filters for the audit log. Texts that may contain a phone number are only named.
    pub fn describe(&self) -> Vec<String> {
        let shown = [
            ("agentId", &self.agent_id),
            ("status", &self.status),
            ("callDirection", &self.call_direction),
            ("callType", &self.call_type),
            ("disposition", &self.disposition),
            ("connected", &self.connected),
            ("minDuration", &self.min_duration),
            ("maxDuration", &self.max_duration),
            ("field", &self.field),
            ("from", &self.from),
            ("to", &self.to),
            ("missing", &self.missing),
            ("andField", &self.and_field),
            ("andFrom", &self.and_from),
            ("andTo", &self.and_to),
            ("andMissing", &self.and_missing),
            ("hour", &self.hour),
            ("hourTo", &self.hour_to),
            ("weekday", &self.weekday),
        ];
        let named = [
            ("customerId", &self.customer_id),
            ("search", &self.search),
            ("value", &self.value),
            ("andValue", &self.and_value),
        ];
        let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let shown = shown.iter().filter(|(_, text)| is_set(text)).map(|(name, text)| {
            // An entry is one line of the log, and short.
            let text = text.iter().flat_map(|text| text.chars());
            let text: String = text.filter(|c| !c.is_control()).take(LONGEST_DESCRIBED).collect();
            format!("{name}={text}")
        });
        let named = named.iter().filter(|(_, text)| is_set(text));
        shown.chain(named.map(|(name, _)| (*name).to_owned())).collect()
    }

    /// Returns the ends of the range, as they were given.
    pub fn range_ends(&self) -> (Option<String>, Option<String>) {
        (non_empty(self.start_date.clone()), non_empty(self.end_date.clone()))
    }

    /// Reads the filters; if no zone is named, the client's applies.
    pub fn into_search(self, client: &Client) -> Result<CallSearch, Problem> {
        let (start, end) = self.range_ends();
        let zone = read_zone(self.timezone, client)?;
        let DateRange { from, until } =
            DateRange::parse_ends(start.as_deref(), end.as_deref(), zone)?;
        let typed = read_search("search", self.search.as_deref())?;
        let filter = CallFilter {
            agent_id: non_empty(self.agent_id),
            customer_id: non_empty(self.customer_id),
            statuses: read_statuses(non_empty(self.status).as_deref())?,
            direction: read_direction(self.call_direction)?,
            call_type: non_empty(self.call_type),
            disposition: non_empty(self.disposition),
            connected: read_bool("connected", non_empty(self.connected).as_deref())?
                .map(|yes| if yes { Connected::Yes } else { Connected::No }),
            min_duration: read_number_up_to("minDuration", non_empty(self.min_duration), i64::MAX)?
                .unwrap_or(0),
            max_duration: read_number_up_to("maxDuration", non_empty(self.max_duration), i64::MAX)?
                .unwrap_or(i64::MAX),
            text: typed.as_deref().map(SearchText::new),
            field: read_field_filter(
                &FIELD,
                [self.field, self.value, self.from, self.to, self.missing],
            )?,
            and_field: read_field_filter(
                &AND_FIELD,
                [self.and_field, self.and_value, self.and_from, self.and_to, self.and_missing],
            )?,
            hours: read_hours(self.hour, self.hour_to)?,
            weekday: read_number_up_to("weekday", non_empty(self.weekday), 6)?,
            sort: read_sort(non_empty(self.sort).as_deref())?,
            ..CallFilter::for_range(from, until, zone)
        };
        if filter.min_duration > filter.max_duration {
            let sentence = "minDuration is more than maxDuration.";
            return Err(Problem::invalid("minDuration", sentence));
        }
        Ok(CallSearch { filter, typed })
    }
}

fn read_statuses(text: Option<&str>) -> Result<Vec<Status>, Problem> {
    let mut all = Vec::new();
    for word in text.into_iter().flat_map(|text| text.split(',')).filter(|word| !word.is_empty()) {
        let status = Status::parse(word.trim()).ok_or_else(|| {
            let sentence = "status must be active, completed, missed, failed, no_answer, busy or \
                            abandoned, or several of them separated by commas.";
            Problem::invalid("status", sentence)
        })?;
        if !all.contains(&status) {
            all.push(status);
        }
    }
    Ok(all)
}

fn read_sort(word: Option<&str>) -> Result<CallSort, Problem> {
    Ok(match word {
        None | Some("newest") => CallSort::Newest,
        Some("oldest") => CallSort::Oldest,
        Some("longest") => CallSort::Longest,
        Some("shortest") => CallSort::Shortest,
        Some(_) => {
            let sentence = "sort must be newest, oldest, longest or shortest.";
            return Err(Problem::invalid("sort", sentence));
        }
    })
}

fn read_bool(name: &'static str, word: Option<&str>) -> Result<Option<bool>, Problem> {
    match word {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Problem::invalid(name, format!("{name} must be true or false."))),
    }
}

/// The parameters of the condition on a field: the field, its value, the ends of a range, missing.
const FIELD: [&str; 5] = ["field", "value", "from", "to", "missing"];
/// The parameters of the second condition.
const AND_FIELD: [&str; 5] = ["andField", "andValue", "andFrom", "andTo", "andMissing"];

fn read_field_filter(
    names: &[&'static str; 5],
    texts: [Option<String>; 5],
) -> Result<Option<FieldTest>, Problem> {
    let [of, value_name, from_name, to_name, missing_name] = *names;
    let [name, value, from, to, missing] = texts.map(non_empty);
    let (from, to) = (read_edge(from_name, from)?, read_edge(to_name, to)?);
    let missing = read_bool(missing_name, missing.as_deref())?.unwrap_or(false);
    // An empty text is a value that no call has: there it counts as missing.
    let Some(name) = name else {
        let stray = [
            (value_name, value.is_some()),
            (from_name, from.is_some()),
            (to_name, to.is_some()),
            (missing_name, missing),
        ];
        return match stray.iter().find(|(_, set)| *set) {
            Some((stray, _)) => Err(Problem::invalid(
                stray,
                format!("{stray} needs {of}, which names the field to filter by."),
            )),
            None => Ok(None),
        };
    };
    let sent = ["context.", "metadata."].iter().filter_map(|of| name.strip_prefix(of));
    if !BUILT_IN.contains(&name.as_str()) && !sent.into_iter().any(|rest| !rest.is_empty()) {
        let sentence = format!(
            "{of} must be callType, agentId, status, disposition, callDirection, context.… or \
             metadata.…."
        );
        return Err(Problem::invalid(of, sentence));
    }
    let wanted = match (value, from.is_some() || to.is_some(), missing) {
        (Some(value), false, false) => FieldCondition::Value(vec![value]),
        (None, true, false) => {
            FieldCondition::Between(from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY))
        }
        (None, false, true) => FieldCondition::Missing,
        _ => {
            let sentence = format!(
                "{of} needs exactly one of {value_name}, {from_name} and {to_name}, or \
                 {missing_name}=true."
            );
            return Err(Problem::invalid(of, sentence));
        }
    };
    if let FieldCondition::Between(from, to) = wanted
        && from >= to
    {
        let sentence = format!("{from_name} must be less than {to_name}.");
        return Err(Problem::invalid(from_name, sentence));
    }
    Ok(Some(FieldTest { field: name, wanted }))
}

fn read_edge(name: &'static str, text: Option<String>) -> Result<Option<f64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| Problem::invalid(name, format!("{name} must be a number.")))
}
