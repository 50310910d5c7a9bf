//! Describes what applies to the parameters of every query.

use crate::http::request::query::DATA_IN_QUERY;
use crate::missing_value::MISSING_VALUE_WORDS;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{AnyOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, OpenApi, RefOr, Required};

/// Lets every optional parameter of a query be one of the words that count as missing. The server
/// drops those before any route reads them (`http/request/query.rs`), so the document states it in
/// one place too.
pub fn allow_missing_words(api: &mut OpenApi) {
    let paths = api.paths.paths.iter_mut();
    let dropping =
        paths.filter(|(path, _)| !DATA_IN_QUERY.iter().any(|begin| path.starts_with(begin)));
    for operation in dropping.flat_map(|(_, item)| operations_of(item)) {
        for parameter in operation.parameters.iter_mut().flatten() {
            let RefOr::T(parameter) = parameter else { continue };
            let optional = matches!(parameter.required, Required::False);
            if !optional || !matches!(parameter.parameter_in, ParameterIn::Query) {
                continue;
            }
            let nothing = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(MISSING_VALUE_WORDS));
            parameter.schema = parameter
                .schema
                .take()
                .map(|schema| AnyOfBuilder::new().item(schema).item(nothing).into());
        }
    }
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, patch, delete, .. } = item;
    [get, post, patch, delete].into_iter().flatten()
}
