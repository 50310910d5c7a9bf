//! The agent who works with the ribbon.

/// An agent, as named by the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// The agent's id at the server.
    pub id: String,
    /// The agent's display name, if the page has sent one.
    pub name: Option<String>,
}
