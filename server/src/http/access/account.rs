//! The account of a caller, as the API describes it.

use crate::http::request::auth::Staff;
use crate::storage::Client;
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// The account that a credential belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `operator` may do everything; the other roles are limited to one client. `key` reads its
    /// records, as its API key does, and occurs only in the dashboard's session.
    #[schema(value_type = AccountRole)]
    role: &'static str,
    /// The client; null for the operator.
    #[schema(required = true, examples("client-demo"))]
    client_id: Option<String>,
    /// The client's name; null for the operator.
    #[schema(required = true, examples("Demo Client"))]
    client_name: Option<String>,
    /// The person's name, or the token's; null for the operator and for a key.
    #[schema(required = true, examples("Asha Rao"))]
    name: Option<String>,
    /// The person's e-mail address; null for others.
    #[schema(required = true, examples("asha@example.com"))]
    email: Option<String>,
    /// When the person's session ends; null for others. A token is valid until it is revoked, but
    /// in the dashboard for twelve hours.
    #[schema(required = true, format = DateTime, examples("2025-10-12T22:30:00Z"))]
    expires_at: Option<String>,
}

/// The roles of an account.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "stands for the words in the document")]
enum AccountRole {
    Operator,
    Admin,
    Viewer,
    MaskedViewer,
    Key,
}

impl Account {
    /// Describes the operator or a member of a client's staff.
    pub fn of_staff(staff: &Staff) -> Self {
        let (role, member) = match staff {
            Staff::Operator => ("operator", None),
            Staff::Client(member) => (member.role.as_str(), Some(member)),
        };
        let session = member.and_then(|member| member.session.as_ref());
        Self {
            role,
            client_id: member.map(|member| member.client_id.clone()),
            client_name: member.map(|member| member.client_name.clone()),
            name: member.map(|member| member.name.clone()),
            email: session.map(|session| session.email.clone()),
            expires_at: session.map(|session| time::format(session.expires_at)),
        }
    }

    /// Returns the client of a member of its staff.
    pub fn client_of_staff(&self) -> Option<&str> {
        self.client_id.as_deref().filter(|_| self.role != "key")
    }

    /// Describes the holder of a client's API key.
    pub fn of_key(client: Client) -> Self {
        Self {
            role: "key",
            client_id: Some(client.id),
            client_name: Some(client.name),
            name: None,
            email: None,
            expires_at: None,
        }
    }
}
