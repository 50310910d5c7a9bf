//! The page's address: which view, of which client, with which filters. All that a view shows
//! follows from it, so that it can be sent to somebody else.

pub mod range;

use super::access::{Access, Role};
use super::api::encoded;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

/// In which the operator names the client that is shown.
pub const CLIENT: &str = "client";

type Go = Box<dyn Fn(&str, NavigateOptions)>;

/// The address, as a view reads and changes it.
#[derive(Clone, Copy)]
pub struct Address {
    path: Memo<String>,
    query: Memo<ParamsMap>,
    go: StoredValue<Go, LocalStorage>,
}

impl Address {
    /// The one of this page.
    pub fn here() -> Self {
        let navigate = use_navigate();
        Self {
            path: use_location().pathname,
            query: use_query_map(),
            go: StoredValue::new_local(Box::new(move |to, options| navigate(to, options))),
        }
    }

    /// A filter; `None` where it is not set.
    pub fn get(self, name: &str) -> Option<String> {
        self.query.with(|query| query.get(name)).filter(|value| !value.is_empty())
    }

    /// A filter, or what holds without it.
    pub fn or(self, name: &str, otherwise: &str) -> String {
        self.get(name).unwrap_or_else(|| otherwise.to_owned())
    }

    /// All filters, as they stand in the address.
    pub fn filters(self) -> Vec<(String, String)> {
        self.query.with(|query| {
            let all = query.latest_values();
            all.filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_string(), value.to_owned()))
                .collect()
        })
    }

    /// This view's path, without filters.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// This view with some filters changed; an empty one goes.
    pub fn with(self, changes: &[(&str, &str)]) -> String {
        let mut filters = self.filters();
        filters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let added = changes.iter().filter(|(_, value)| !value.is_empty());
        filters.extend(added.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        written(&self.path(), &pairs)
    }

    /// Changes filters of this view; the way back leads to the view before.
    pub fn set(self, changes: &[(&str, &str)]) {
        let to = untrack(|| self.with(changes));
        // The address is whole already.
        let options =
            NavigateOptions { replace: true, scroll: false, resolve: false, ..Default::default() };
        self.go.with_value(|go| go(&to, options));
    }
}

/// The path of the site below which the server stands, such as `/ribbon`; empty where the server has
/// its host to itself. The page names its script below that path. The page's own address does not
/// tell: a site's path may hold the word "dashboard" as well.
pub fn site_path() -> String {
    let script = document().query_selector("script[src*='/assets/dashboard-']").ok().flatten();
    let src = script.and_then(|script| script.get_attribute("src")).unwrap_or_default();
    src.rsplit_once("/assets/").map(|(site, _)| site.to_owned()).unwrap_or_default()
}

/// An address of this page's site as a path of this server.
pub fn off_site(address: &str) -> String {
    address.strip_prefix(&site_path()).unwrap_or(address).to_owned()
}

/// A path of this server as the browser reaches it.
pub fn on_site(path: &str) -> String {
    site_path() + path
}

/// An address for use outside of this page. A server that does not know its own tells a path only.
pub fn whole(address: &str) -> String {
    if !address.starts_with('/') {
        return address.to_owned();
    }
    window().location().origin().unwrap_or_default() + &on_site(address)
}

/// The address of a view with filters; the operator's names the client too.
pub fn link(path: &str, filters: &[(&str, &str)]) -> String {
    let access = Access::here();
    let client = access.client();
    let mut pairs: Vec<(&str, &str)> =
        filters.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    if access.role() == Role::Operator
        && let Some(client) = &client
        && filters.iter().all(|(name, _)| *name != CLIENT)
    {
        pairs.insert(0, (CLIENT, &client.client_id));
    }
    written(&on_site(path), &pairs)
}

/// A question to the server: a path with the fields that are set.
pub fn question(path: &str, fields: &[(&str, &str)]) -> String {
    let set: Vec<(&str, &str)> =
        fields.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    written(path, &set)
}

fn written(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (n, (name, value)) in pairs.iter().enumerate() {
        address.push(if n == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encoded(value));
    }
    address
}
