//! What is shown: one file a view, each for one address.

mod answered;
mod calls;
mod campaigns;
mod clients;
mod customers;
mod head;
mod leads;
mod live;
mod new_client;
mod not_found;
mod one_call;
mod one_customer;
mod overview;
mod paged;
mod rows;
mod saved;

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
pub use saved::SavedViews;
