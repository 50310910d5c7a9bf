//! Who works with the ribbon.

/// An agent, as the page names one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agent {
    /// The agent's id at the server.
    pub id: String,
    /// The agent's name for people, where the page has given one.
    pub name: Option<String>,
}
