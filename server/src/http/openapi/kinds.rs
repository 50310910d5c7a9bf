//! Describes kinds of values that several operations take.

use crate::permission::all_packs;
use crate::services::analytics::breakdown::MOST_EDGES;
use crate::storage::BUILT_IN;
use call_ribbon_shared::call::Direction;
use chrono_tz::TZ_VARIANTS;
use std::borrow::Cow;
use utoipa::openapi::schema::{AnyOfBuilder, KnownFormat, Schema, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// One end of a range of dates.
pub struct RangeEnd;

impl PartialSchema for RangeEnd {
    fn schema() -> RefOr<Schema> {
        let text = |format, example| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(format)))
                .examples([example])
        };
        // Not `oneOf`: a reader for which formats are notes alone sees three kinds of text.
        AnyOfBuilder::new()
            .item(text(KnownFormat::Date, "2025-10-12"))
            .item(text(KnownFormat::DateTime, "2025-10-12T10:30:00Z"))
            .item(ObjectBuilder::new().schema_type(Type::String).enum_values(Some([""])))
            .description(Some(
                "A whole day, or a time. A time without an offset is in the query's time zone. An \
                 empty text counts as missing.",
            ))
            .into()
    }
}

impl ToSchema for RangeEnd {
    fn name() -> Cow<'static, str> {
        "RangeEnd".into()
    }
}

/// Describes a whole number of 1 or more in a query.
pub fn count(description: &str, default: i64) -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    or_nothing(number, description).default(Some(default.into())).into()
}

/// Describes a query field that may be empty, which counts as missing.
fn or_nothing(kind: impl Into<RefOr<Schema>>, description: &str) -> OneOfBuilder {
    let nothing = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([""]));
    OneOfBuilder::new().item(kind).item(nothing).description(Some(description))
}

/// Describes the time zone of a query.
pub fn zone() -> Schema {
    let zone = Ref::from_schema_name(TimeZone::name());
    or_nothing(zone, "The time zone that days are counted in. Defaults to the client's time zone.")
        .into()
}

/// Describes the call direction of a query.
pub fn direction() -> Schema {
    or_nothing(Ref::from_schema_name(Direction::name()), "Returns only calls with this direction.")
        .into()
}

/// Describes edges between numbers. No schema can say that they must ascend.
pub fn edges() -> Schema {
    let number = r"\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?\s*";
    let pattern = format!("^({number}(,{number}){{0,{}}})?$", MOST_EDGES - 1);
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
}

/// The name of a field by which calls are grouped.
pub struct FieldName;

impl PartialSchema for FieldName {
    fn schema() -> RefOr<Schema> {
        let pattern = format!(r"^((context|metadata)\.[^\u0000]+|{})$", BUILT_IN.join("|"));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern))
            .description(Some(
                "A field of a call. Below `context` and `metadata`, dots lead into nested objects.",
            ))
            .into()
    }
}

impl ToSchema for FieldName {
    fn name() -> Cow<'static, str> {
        "FieldName".into()
    }
}

/// The name of a pack of rules.
pub struct PackName;

impl PartialSchema for PackName {
    fn schema() -> RefOr<Schema> {
        let names = all_packs().iter().map(|pack| pack.name.clone());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for PackName {
    fn name() -> Cow<'static, str> {
        "PackName".into()
    }
}

/// The name of a time zone.
pub struct TimeZone;

impl PartialSchema for TimeZone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A time zone, by its name in the IANA database."))
            .examples(["Asia/Kolkata"])
            .enum_values(Some(TZ_VARIANTS.iter().map(|zone| zone.name())))
            .into()
    }
}

impl ToSchema for TimeZone {
    fn name() -> Cow<'static, str> {
        "TimeZone".into()
    }
}
