//! `satchel-practice`: a provider on loopback, for trying Satchel without an account or a network.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use satchel_intake::{LogError, Logged, Message, QuoteCheck, Reason};
use satchel_practice::{FirmChoice, PINS, Running, Settings, SystemClock, intake_desk, write_feed};
use satchel_sign::WorkStatus;
use satchel_terms::OrderId;

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
    /// Work the orders, as one of the provider's operators. The provider may run meanwhile.
    Intake(Intake),
}

#[derive(Debug, Args)]
struct Intake {
    /// The folder of the provider.
    #[arg(long)]
    folder: PathBuf,
    #[command(subcommand)]
    what: IntakeWhat,
}

#[derive(Debug, Subcommand)]
enum IntakeWhat {
    /// List the orders that were received.
    List,
    /// Verify an order, and open it into a folder.
    Open {
        /// The order's id.
        order: OrderId,
        /// Where its files go; made where there is no such folder. Nothing is overwritten.
        #[arg(long)]
        to: PathBuf,
        /// Why it is opened, for the firm's audit.
        #[arg(long)]
        reason: String,
    },
    /// Tell the firm how far the work is.
    Status {
        /// The order's id.
        order: OrderId,
        /// How far.
        status: Status,
    },
    /// Write to the firm.
    Message {
        /// The order's id.
        order: OrderId,
        /// What to write: plain text.
        #[arg(long)]
        text: String,
    },
    /// Return files to the firm, under the names that they have here.
    Return {
        /// The order's id.
        order: OrderId,
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// How far the work is, as an operator types it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Claimed,
    InProgress,
    NeedsInformation,
    Completed,
    Cancelled,
}

impl From<Status> for WorkStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Claimed => Self::Claimed,
            Status::InProgress => Self::InProgress,
            Status::NeedsInformation => Self::NeedsInformation,
            Status::Completed => Self::Completed,
            Status::Cancelled => Self::Cancelled,
        }
    }
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
        What::Intake(intake) => work(intake).await,
    }
}

async fn work(intake: Intake) -> anyhow::Result<()> {
    let desk = intake_desk(intake.folder.clone(), Arc::new(SystemClock))?;
    let mut rng = UnwrapErr(SysRng);
    match intake.what {
        IntakeWhat::List => {
            for order in desk.list().await? {
                let work = order.work.map_or("-".to_owned(), |work| format!("{work:?}"));
                println!("{} {} r{} {work}", order.order_number, order.order, order.revision);
            }
        }
        IntakeWhat::Open { order, to, reason } => {
            let opened = desk.open(order, &to, &Reason::try_from(reason)?).await.context("the order was not opened")?;
            for file in &opened.files {
                println!("{}", file.display());
            }
            match opened.quote {
                QuoteCheck::Same => println!("The price is that of the catalogue."),
                QuoteCheck::Differs(quote) => {
                    println!("The price differs: by the catalogue it is {} cents.", quote.total().cents());
                }
                QuoteCheck::Unknown => {
                    println!("The price cannot be reckoned again: the catalogue has another version.")
                }
            }
        }
        IntakeWhat::Status { order, status } => {
            told(desk.status(order, status.into(), &mut rng).await, intake.folder).await?;
        }
        IntakeWhat::Message { order, text } => {
            let message = Message::try_from(text).context("nothing was written to the log")?;
            told(desk.message(order, &message, &mut rng).await, intake.folder).await?;
        }
        IntakeWhat::Return { order, files } => {
            told(desk.return_files(order, &files, rng).await, intake.folder).await?;
        }
    }
    Ok(())
}

/// Says what became of an entry, and has the firm's feed name it at once.
async fn told(outcome: Result<Logged, LogError>, folder: PathBuf) -> anyhow::Result<()> {
    let logged = match outcome {
        Err(error @ (LogError::Already | LogError::Untold(..))) => return Err(error.into()),
        outcome => outcome.context("nothing was written to the log")?,
    };
    println!("Entry {} of the order's log.", logged.number);
    if let Err(error) = write_feed(folder, Arc::new(SystemClock)).await {
        tracing::warn!(%error, "the firm hears of it within a minute of the provider's running");
    }
    Ok(())
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
