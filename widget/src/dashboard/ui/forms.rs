//! Form components, and other controls that are pressed or typed into.

mod choice;
mod confirm;
mod copy;
mod field;
mod focus;
mod pages;
mod search;
mod secret;
mod tabs;

pub use choice::{Chips, Choice, Segments};
pub use confirm::Confirm;
pub use copy::CopyButton;
pub use field::{Field, Select, TextField, Toggle};
pub use focus::focus_soon;
pub use pages::Pages;
pub use search::Search;
pub use secret::{SecretOnce, SecretText};
pub use tabs::Tabs;
