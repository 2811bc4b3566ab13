//! The real program in a process of its own, to be killed, stopped and started again over the same folder.
//!
//! Rule: every wait has a bound, and a program that a test leaves behind is killed with it. Used by the stories about
//! crashes, stopping and full disks; `house` is the kit for everything that can be shown within one process.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tempfile::TempPath;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// The longest a start or a stop may take; the promise is 30 s for the stop.
const BOUND: Duration = Duration::from_secs(30);

/// A program that answers.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    log: TempPath,
    _said: Lines<BufReader<ChildStdout>>,
}

/// A program that is over.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    /// Everything it wrote to the standard error.
    pub log: String,
}

impl Program {
    /// Starts it over `data` on a free port and waits until it says that it is ready.
    pub async fn start(data: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        match Self::try_start(data, args, env).await {
            Ok(program) => program,
            Err(ended) => panic!("it did not start: {} {}", ended.status, ended.log),
        }
    }

    /// The same for a start that may be refused.
    pub async fn try_start(data: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Self, Ended> {
        let log = tempfile::Builder::new()
            .prefix("plantain-log-")
            .tempfile()
            .expect("a log");
        let file = log.reopen().expect("opened twice");
        let log = log.into_temp_path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_plantain"));
        // Nothing of the machine's own settings: a key there would send the stories' turns to a service that charges.
        command
            .env_clear()
            .env("PLANTAIN_MODELS", "off")
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .arg("--data")
            .arg(data);
        command
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the program");
        let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = timeout(BOUND, said.next_line())
            .await
            .expect("it says something in time");
        let Some(line) = line.expect("readable") else {
            let status = timeout(BOUND, child.wait())
                .await
                .expect("it ends in time")
                .expect("a status");
            return Err(Ended {
                status,
                log: take(&log),
            });
        };
        let address = line
            .rsplit_once("http://")
            .and_then(|(_, address)| address.parse().ok());
        Ok(Self {
            child,
            address: address.unwrap_or_else(|| panic!("an address in {line:?}")),
            log,
            _said: said,
        })
    }

    /// Its number in the operating system.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// `kill -9`: nothing of it runs any more when this returns.
    pub async fn kill(mut self) -> String {
        self.child.start_kill().expect("killed");
        timeout(BOUND, self.child.wait())
            .await
            .expect("dead in time")
            .expect("a status");
        take(&self.log)
    }

    /// Asks it to stop, as a supervisor does.
    pub async fn ask_to_stop(&self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status()
            .await;
        assert!(told.expect("kill").success());
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> Ended {
        let status = timeout(BOUND, self.child.wait())
            .await
            .expect("over within 30 s")
            .expect("a status");
        Ended {
            status,
            log: take(&self.log),
        }
    }

    /// Asks it to stop and waits for its end.
    pub async fn stop(self) -> Ended {
        self.ask_to_stop().await;
        self.ended().await
    }
}

fn take(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return files;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
