//! The scopes of API keys that operations need.

/// The scopes that give access: any one of them is enough.
pub trait Scope: Send {
    const ANY_OF: &'static [&'static str];
    /// Whether requests count against the limit of events per second and key.
    const COUNTED: bool = false;
    /// Whether it is about agents' calls: a key without the scope `read` then needs a session.
    const OF_AGENTS: bool = false;
    /// Whether supervisors may read it, too. The handler then has to limit its answer to the agents
    /// in reach (`Reach::team`).
    const FOR_TEAMS: bool = false;
}

/// What a page needs to begin: init.
pub struct Ribbon;
/// What a page does for its agent: start and control calls, and write notes.
pub struct OwnCalls;
/// What a page reads for its agent, or a server for all agents.
pub struct OwnOrRead;
/// The same, as far as it is limited to the agents of a supervisor's teams.
pub struct OwnOrTeamRead;
/// What a page needs, for the events it logs.
pub struct Logs;
/// Reading the client's records.
pub struct Read;
/// Reading the client's records, as far as they are limited to the agents of a supervisor's teams.
pub struct TeamRead;
/// Reading what the client is called, and how it names outcomes.
pub struct About;
/// Either of the two.
pub struct RibbonOrRead;
/// Exporting the client's records as a file, as far as they are limited to the agents of a
/// supervisor's teams.
pub struct TeamExport;
/// Changing the client's customers.
pub struct Write;

impl Scope for Ribbon {
    const ANY_OF: &'static [&'static str] = &["ribbon"];
}
impl Scope for Logs {
    const ANY_OF: &'static [&'static str] = Ribbon::ANY_OF;
    const COUNTED: bool = true;
}
impl Scope for OwnCalls {
    const ANY_OF: &'static [&'static str] = Ribbon::ANY_OF;
    const OF_AGENTS: bool = true;
}
impl Scope for OwnOrRead {
    const ANY_OF: &'static [&'static str] = RibbonOrRead::ANY_OF;
    const OF_AGENTS: bool = true;
}
impl Scope for OwnOrTeamRead {
    const ANY_OF: &'static [&'static str] = OwnOrRead::ANY_OF;
    const OF_AGENTS: bool = true;
    const FOR_TEAMS: bool = true;
}
impl Scope for TeamRead {
    const ANY_OF: &'static [&'static str] = Read::ANY_OF;
    const FOR_TEAMS: bool = true;
}
impl Scope for About {
    const ANY_OF: &'static [&'static str] = RibbonOrRead::ANY_OF;
    const FOR_TEAMS: bool = true;
}
impl Scope for Read {
    const ANY_OF: &'static [&'static str] = &["read"];
}
impl Scope for TeamExport {
    const ANY_OF: &'static [&'static str] = &["export"];
    const FOR_TEAMS: bool = true;
}
impl Scope for Write {
    const ANY_OF: &'static [&'static str] = &["write"];
}
impl Scope for RibbonOrRead {
    const ANY_OF: &'static [&'static str] = &["ribbon", "read"];
}
