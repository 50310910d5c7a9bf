//! The dashboard's views: one file per view, each with its own address.

mod agents;
mod answer;
mod ask;
mod calls;
mod campaigns;
mod clients;
mod customers;
mod figure_columns;
mod head;
mod leads;
mod live;
mod new_client;
mod not_found;
mod one_call;
mod one_customer;
mod overview;
mod paged_list;
mod rows;
mod saved_views;
mod settings;

pub use agents::{Agents, OneAgent};
pub use ask::Ask;
pub use calls::Calls;
pub use campaigns::Campaigns;
pub use clients::{ChooseClient, Clients};
pub use customers::Customers;
pub use leads::Leads;
pub use live::Live;
pub use new_client::NewClient;
pub use not_found::NotFound;
pub use one_call::OneCall;
pub use one_customer::OneCustomer;
pub use overview::Overview;
pub use saved_views::SavedViews;
pub use settings::Settings;
