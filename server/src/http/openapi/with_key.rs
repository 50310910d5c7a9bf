//! Describes a body that carries the caller's key beside its own fields.

use crate::ids::LONGEST_ID;
use crate::services::access::domains::MAX_LINE_CHARS;
use std::borrow::Cow;
use std::marker::PhantomData;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A body with the fields of `T` and those that
/// [`KeyedBody`](crate::http::request::auth::KeyedBody) reads from every body: `apiKey` and
/// `domain`. It exists in the document only, under the name of `T`; handlers refer to it by an
/// alias (`type StartRequest = WithKey<StartBody>`).
pub struct WithKey<T>(PhantomData<T>);

impl<T: ToSchema> PartialSchema for WithKey<T> {
    fn schema() -> RefOr<Schema> {
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let own = std::mem::take(&mut object.properties);
            object.properties.insert("apiKey".to_owned(), key_schema().into());
            object.properties.insert("domain".to_owned(), domain_schema().into());
            object.properties.extend(own);
        }
        schema
    }
}

impl<T: ToSchema> ToSchema for WithKey<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

fn key_schema() -> Schema {
    let what = "The client's API key, if the header X-API-Key does not contain it.";
    let text = ObjectBuilder::new().schema_type(text_or_null()).description(Some(what));
    text.max_length(Some(LONGEST_ID)).examples(["demo-api-key-789"]).build().into()
}

fn domain_schema() -> Schema {
    let what = "The page's domain, if the request has no Origin header.";
    let text = ObjectBuilder::new().schema_type(text_or_null()).description(Some(what));
    let text = text.max_length(Some(MAX_LINE_CHARS));
    text.examples(["crm.example.com"]).build().into()
}

fn text_or_null() -> SchemaType {
    SchemaType::from_iter([Type::String, Type::Null])
}
