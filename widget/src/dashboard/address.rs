//! The page's address: the view, the client and the filters. A view shows only what follows from
//! its address, so a link shows the same to somebody else.

pub mod range;
pub mod team;

use super::access::{Access, Role};
use super::api::encode_component;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

/// The filter that names the client for the operator.
pub const CLIENT: &str = "client";

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

/// The address, as a view reads and changes it.
#[derive(Clone, Copy)]
pub struct Address {
    path: Memo<String>,
    query: Memo<ParamsMap>,
    go: StoredValue<Navigate, LocalStorage>,
}

impl Address {
    /// Returns the address of this page.
    pub fn from_router() -> Self {
        let navigate = use_navigate();
        Self {
            path: use_location().pathname,
            query: use_query_map(),
            go: StoredValue::new_local(Box::new(move |to, options| navigate(to, options))),
        }
    }

    /// Returns a filter; `None` if it is not set.
    pub fn get(self, name: &str) -> Option<String> {
        self.query.with(|query| query.get(name)).filter(|value| is_given(value))
    }

    /// Returns a filter, or the default if it is not set.
    pub fn filter_or(self, name: &str, otherwise: &str) -> String {
        self.get(name).unwrap_or_else(|| otherwise.to_owned())
    }

    /// Returns all filters of the address.
    pub fn filters(self) -> Vec<(String, String)> {
        self.query.with(|query| {
            let all = query.latest_values();
            all.filter(|(_, value)| is_given(value))
                .map(|(name, value)| (name.to_string(), value.to_owned()))
                .collect()
        })
    }

    /// Returns this view's path, without filters.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// Returns the address of this view with some filters changed; an empty value removes its
    /// filter.
    pub fn with_filters(self, changes: &[(&str, &str)]) -> String {
        let mut filters = self.filters();
        filters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let added = changes.iter().filter(|(_, value)| !value.is_empty());
        filters.extend(added.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        path_with_pairs(&self.path(), &pairs)
    }

    /// Changes filters of this view; the browser's back button returns to the previous view.
    pub fn set_filters(self, changes: &[(&str, &str)]) {
        let to = untrack(|| self.with_filters(changes));
        // The address already includes the site's path.
        let options =
            NavigateOptions { replace: true, scroll: false, resolve: false, ..Default::default() };
        self.go.with_value(|go| go(&to, options));
    }
}

/// Returns whether a filter has a value. Pages that build a link from absent values write
/// `by=undefined`; the server ignores the same words.
fn is_given(value: &str) -> bool {
    !matches!(value, "" | "undefined" | "null" | "NaN")
}

/// Returns the site's path of the server, such as `/ribbon`; empty if the server has the host to
/// itself. It is taken from the address of the page's script, because a site's path may contain the
/// word "dashboard", too.
pub fn site_path() -> String {
    let script = document().query_selector("script[src*='/assets/dashboard-']").ok().flatten();
    let src = script.and_then(|script| script.get_attribute("src")).unwrap_or_default();
    src.rsplit_once("/assets/").map(|(site, _)| site.to_owned()).unwrap_or_default()
}

/// Converts an address of this page's site to a path of this server.
pub fn off_site(address: &str) -> String {
    address.strip_prefix(&site_path()).unwrap_or(address).to_owned()
}

/// Converts a path of this server to the path that the browser uses.
pub fn on_site(path: &str) -> String {
    site_path() + path
}

/// Returns an address for use outside of this page. A server that does not know its own address
/// gives only a path.
pub fn absolute_url(address: &str) -> String {
    if !address.starts_with('/') {
        return address.to_owned();
    }
    window().location().origin().unwrap_or_default() + &on_site(address)
}

/// Returns the address of a view with filters, and with the days and the team of the current view; for
/// the operator it names the client, too.
pub fn view_link(path: &str, filters: &[(&str, &str)]) -> String {
    let kept = kept_range(path, filters);
    let kept = kept.iter().map(|(name, value)| (*name, value.as_str()));
    bare_link(path, &filters.iter().copied().chain(kept).collect::<Vec<_>>())
}

/// Returns the address of a view with these filters alone; for the operator it names the client, too.
pub fn bare_link(path: &str, filters: &[(&str, &str)]) -> String {
    let access = Access::from_context();
    let client = access.client();
    let mut pairs: Vec<(&str, &str)> =
        filters.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    if access.role() == Role::Operator
        && let Some(client) = &client
        && filters.iter().all(|(name, _)| *name != CLIENT)
    {
        pairs.insert(0, (CLIENT, &client.client_id));
    }
    path_with_pairs(&on_site(path), &pairs)
}

/// Returns the filters that choose the days of the current view, for a link that chooses none, and the
/// team: both stay the same from view to view.
fn kept_range(path: &str, pairs: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    const RANGE: [&str; 3] = ["range", "from", "to"];
    if path.starts_with("/dashboard/clients") {
        return Vec::new();
    }
    let has_own = pairs.iter().any(|(name, _)| RANGE.contains(name));
    let kept = |name: &'static str| current_filter(name).map(|value| (name, value));
    let range = RANGE.into_iter().filter(|_| !has_own).filter_map(kept);
    range.chain(team::current_team()).collect()
}

/// Returns a filter of the current address, without subscribing to changes; `None` if it is not set.
pub fn current_filter(name: &str) -> Option<String> {
    let query = use_context::<Query>()?;
    query.0.with_untracked(|query| query.get(name)).filter(|value| is_given(value))
}

/// The query of the current address, for [`view_link`].
#[derive(Clone, Copy)]
struct Query(Memo<ParamsMap>);

/// Provides the query of the current address to links. Must be called inside the router.
pub fn provide_query() {
    provide_context(Query(use_query_map()));
}

/// Returns the path of a request with the fields that are set.
pub fn api_query(path: &str, fields: &[(&str, &str)]) -> String {
    let set: Vec<(&str, &str)> =
        fields.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    path_with_pairs(path, &set)
}

fn path_with_pairs(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (n, (name, value)) in pairs.iter().enumerate() {
        address.push(if n == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode_component(value));
    }
    address
}
