//! Handlers for the people on a client's staff: `/api/admin/clients/{clientId}/people`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ClientInPath, Conflict, NotFound, PersonInPath};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::problem::Problem;
use crate::services::access::passwords;
use crate::services::access::people::{self, NewPerson, PersonList, PersonShown, PersonUpdate};
use crate::services::access::role::Role;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new person.
#[derive(Deserialize, ToSchema)]
pub struct NewPersonBody {
    /// The e-mail address that the person signs in with; unique within the client.
    #[schema(value_type = String, required = true, min_length = 3, max_length = 254, pattern = r"^\s*[^@\s\u0000-\u001f\u007f-\u009f]+@[^@\s\u0000-\u001f\u007f-\u009f]+\s*$", examples("asha@example.com"))]
    email: Option<String>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Asha Rao"))]
    name: Option<String>,
    /// The person's role.
    #[schema(value_type = Role, required = true)]
    role: Option<String>,
    #[schema(value_type = String, required = true, format = Password, min_length = 12, max_length = 200)]
    password: Option<String>,
}

/// A change to a person; fields that are missing stay as they are.
#[derive(Deserialize, ToSchema)]
pub struct PersonBody {
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Asha Rao"))]
    name: Option<String>,
    /// The person's role, from the next request on. A person who is no longer a supervisor leaves
    /// all teams.
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    /// Whether the person's access is disabled for now. Disabling ends the person's sessions.
    disabled: Option<bool>,
    /// A new password. Setting it ends the person's sessions.
    #[schema(format = Password, min_length = 12, max_length = 200)]
    password: Option<String>,
}

/// Add a person to this client's staff
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/people",
    operation_id = "createPerson",
    tag = "Administration",
    params(ClientInPath),
    request_body = NewPersonBody,
    responses(
        (status = 201, description = "The new person, who can now sign in.", body = PersonShown),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_person(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<NewPersonBody>,
) -> Result<(StatusCode, Json<PersonShown>), Problem> {
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let new = NewPerson {
        email: people::normalize_email(&body.email.ok_or_else(|| missing("email"))?)?,
        name: body::id_text("name", body.name.ok_or_else(|| missing("name"))?)?,
        role: read_role(&body.role.ok_or_else(|| missing("role"))?)?,
        password: passwords::check_new_password(
            "password",
            body.password.ok_or_else(|| missing("password"))?,
        )?,
    };
    let operator = app.operator(caller.by());
    let made = people::create_person(&operator, &app.passwords, &client_id, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List the people on this client's staff
///
/// Includes disabled ones, in the order in which they were added.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/people",
    operation_id = "people",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 200, description = "The people.", body = PersonList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_people(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(client_id): Path<String>,
) -> Result<Json<PersonList>, Problem> {
    Ok(Json(people::list_people(&app.operator(caller.by()), &client_id).await?))
}

/// Change a person on this client's staff
///
/// Fields that are missing stay as they are. Disabling a person or setting a password ends the
/// person's sessions on every server.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/people/{personId}",
    operation_id = "changePerson",
    tag = "Administration",
    params(ClientInPath, PersonInPath),
    request_body = PersonBody,
    responses(
        (status = 200, description = "The changed person.", body = PersonShown),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_person(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, person_id)): Path<(String, String)>,
    JsonBody(body): JsonBody<PersonBody>,
) -> Result<Json<PersonShown>, Problem> {
    let changes = PersonUpdate {
        name: body.name.map(|name| body::id_text("name", name)).transpose()?,
        role: body.role.as_deref().map(read_role).transpose()?,
        disabled: body.disabled,
        password: body
            .password
            .map(|text| passwords::check_new_password("password", text))
            .transpose()?,
    };
    let operator = app.operator(caller.by());
    let shown = people::change_person(&operator, &app.passwords, &client_id, &person_id, changes);
    Ok(Json(shown.await?))
}

/// Remove a person from this client's staff
///
/// Ends the person's sessions. The person's actions stay in the audit log.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/people/{personId}",
    operation_id = "removePerson",
    tag = "Administration",
    params(ClientInPath, PersonInPath),
    responses(
        (status = 200, description = "The removed person.", body = PersonShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_person(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, person_id)): Path<(String, String)>,
) -> Result<Json<PersonShown>, Problem> {
    Ok(Json(people::remove_person(&app.operator(caller.by()), &client_id, &person_id).await?))
}

fn read_role(text: &str) -> Result<Role, Problem> {
    Role::parse(text).ok_or_else(|| {
        Problem::invalid("role", "role must be admin, viewer, masked-viewer or supervisor.")
    })
}
