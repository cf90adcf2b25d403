//! `satchel-practice`: a provider on loopback, for trying Satchel without an account or a network.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use satchel_practice::{FirmChoice, PINS, Running, Settings, SystemClock};

/// A provider on loopback, for trying Satchel without an account or a network.
#[derive(Debug, Parser)]
#[command(version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Run the provider until Ctrl+C or SIGTERM.
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// Where the provider keeps everything; made where there is none.
    #[arg(long)]
    folder: PathBuf,
    /// The port on 127.0.0.1; 0 for any free one. Without it, the one of last time.
    #[arg(long)]
    port: Option<u16>,
    /// Begin with a new sample firm, so that another desktop can set it up. Its orders until now are no longer found.
    #[arg(long)]
    reset_firm: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(std::io::stderr).init();
    match Command::parse().what {
        What::Serve(serve) => run(serve).await,
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    // Asked for first, so that a signal while it starts is not lost.
    let signal = end_signal()?;
    let pins = serve.folder.join(PINS);
    let firm = if serve.reset_firm { FirmChoice::New } else { FirmChoice::Same };
    let settings = Settings { folder: serve.folder, port: serve.port, firm, clock: Arc::new(SystemClock) };
    let running = Running::start(settings).await.context("the practice provider does not start")?;
    println!("Practice provider at {}. Desktops read {}.", running.base(), pins.display());
    signal.await;
    running.stop().await.context("the practice provider did not stop in order")
}

/// Waits for Ctrl+C or SIGTERM.
#[cfg(unix)]
fn end_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("no signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
fn end_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "no signals");
        }
    })
}
