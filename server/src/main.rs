//! The `call-ribbon` binary.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    call_ribbon_server::cli::run().await
}
