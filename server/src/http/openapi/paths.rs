//! Describes the parts of addresses that several operations share. These types exist in the
//! document only: extractors read the addresses.

use utoipa::IntoParams;

/// A client in an address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "stands for the address's part in the document")]
pub struct ClientInPath {
    /// The client's id.
    #[param(rename = "clientId", example = "client-demo")]
    client_id: String,
}

/// A person on a client's staff in an address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "stands for the address's part in the document")]
pub struct PersonInPath {
    /// The person's id, as in the list.
    #[param(rename = "personId", example = "person_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    person_id: String,
}
