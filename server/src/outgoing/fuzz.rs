//! Judges addresses without a resolver, for `crate::fuzz`.

use super::AddressGuard;
use super::resolver::{Addresses, Names};
use std::io;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

/// A resolver that knows no name.
pub struct ForgetfulNames;

impl Names for ForgetfulNames {
    fn resolve(&self, _: String) -> Addresses {
        Box::pin(async { Err(io::ErrorKind::NotFound.into()) })
    }
}

/// The guard's time-outs need a clock.
static CLOCK: LazyLock<Option<Runtime>> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().ok());

impl ForgetfulNames {
    /// Returns whether a guard accepts an address.
    pub fn judge(guard: &AddressGuard, url: &str) -> bool {
        CLOCK.as_ref().is_some_and(|clock| clock.block_on(guard.check_url(url)).is_ok())
    }
}
