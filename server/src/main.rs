//! The `call-ribbon` binary.

use std::process::ExitCode;

/// Gives freed memory back to the operating system within seconds. The allocator of glibc keeps what
/// lies below any byte in use: after many connections at once, as much as they took.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    call_ribbon_server::cli::run().await
}
