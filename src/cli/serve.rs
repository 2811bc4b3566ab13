//! `plantain` without a command: the server.
//!
//! Rule: starts with one friendly line or ends with one clear sentence; stops on SIGTERM and Ctrl-C within 30 seconds.

use std::{io, io::IsTerminal as _, process::ExitCode, time::Duration};

use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::log;
use crate::{
    app::{App, StartError},
    config::{Config, LogFormat},
};

/// How long threads with work that can't be cut off are waited for, when everything else is over.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Runs the server until it is told to stop.
pub fn run(config: Config) -> ExitCode {
    start_log(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the operating system gives no threads: {error}")),
    };
    let served = runtime.block_on(serve(config));
    // A picture that is being worked on for nobody doesn't hold up the end.
    runtime.shutdown_timeout(LAST_WORK);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(words: &str) -> ExitCode {
    eprintln!("plantain: {words}");
    ExitCode::FAILURE
}

async fn serve(config: Config) -> Result<(), StartError> {
    let unusable = |source| StartError::Listen {
        address: config.listen.to_string(),
        source,
    };
    // Before anything is begun: whoever stops a program that has just said it is ready means it.
    let asked_to_stop = stop_signal().map_err(unusable)?;
    let listener = TcpListener::bind(config.listen).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let exposed = config.is_exposed();
    let app = App::build(config.clone()).await?;
    let public = config
        .public_url
        .as_ref()
        .map_or_else(|| format!("http://{address}"), |url| url.origin());
    println!("Plantain is ready: {public}");
    if exposed {
        println!("Everybody who reaches this address can use it: there is no password.");
    }
    let stopping = app.stopping.clone();
    tokio::spawn(async move {
        asked_to_stop.await;
        tracing::info!("stopping");
        stopping.cancel();
    });
    app.run(listener).await.map_err(unusable)
}

/// Listens for the operating system's wish that the program stops, from this call on; the future ends when it comes.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn start_log(config: &Config) {
    let mut filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    // It tells of each step, and may quote the file it reads.
    if let Ok(quiet) = "c2pa=off".parse() {
        filter = filter.add_directive(quiet);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(log::to_stderr);
    match config.log_format {
        LogFormat::Human => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .init(),
        LogFormat::Json => lines.json().init(),
    }
    log::panics_too();
}
