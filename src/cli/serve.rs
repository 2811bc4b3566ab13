//! `plantain` without a command: the server.
//!
//! Rule: starts with one friendly line or ends with one clear sentence; stops on SIGTERM and Ctrl-C within 30 seconds.

use std::{io::IsTerminal as _, process::ExitCode};

use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::log;
use crate::{
    app::{App, StartError},
    config::{Config, LogFormat},
};

/// Runs the server until it is told to stop.
pub fn run(config: Config) -> ExitCode {
    start_log(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the operating system gives no threads: {error}")),
    };
    match runtime.block_on(serve(config)) {
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
        stop_signal().await;
        tracing::info!("stopping");
        stopping.cancel();
    });
    app.run(listener).await.map_err(unusable)
}

/// Ends when the operating system asks the program to stop.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
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
