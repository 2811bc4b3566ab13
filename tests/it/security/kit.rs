//! What the tests of promises look at from behind: the rows, the files, and the real program in a process of its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
};

use reqwest::Response;
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::house::House;

/// Every row of every table as text.
pub async fn rows(house: &House) -> BTreeMap<String, Vec<String>> {
    let file = SqliteConnectOptions::new()
        .filename(house.app.config.data.join("plantain.db"))
        .read_only(true);
    let pool = SqlitePool::connect_with(file).await.expect("the database");
    let tables: Vec<String> = sqlx::query_scalar(
        // What the house notes by itself, some time after: how versions look, which copies left, signed and marked.
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name NOT IN ('statements', 'marks', 'looks', 'issued') ORDER BY name",
    )
    .fetch_all(&pool)
    .await
    .expect("tables");
    let mut all = BTreeMap::new();
    for table in tables {
        let quoted =
            format!("SELECT group_concat('quote(' || name || ')', '||''|''||') FROM pragma_table_info('{table}')");
        let columns: String = sqlx::query_scalar(AssertSqlSafe(quoted))
            .fetch_one(&pool)
            .await
            .expect("columns");
        let rows = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {columns} FROM {table} ORDER BY 1")))
            .fetch_all(&pool)
            .await
            .expect("rows");
        all.insert(table, rows);
    }
    pool.close().await;
    assert!(all.len() > 5, "there are tables");
    all
}

/// Every picture, rendition and unfinished file, by its path.
pub fn files(data: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["blobs", "renditions", "private", "tmp"] {
        collect(&data.join(folder), &mut found);
    }
    found.sort();
    found
}

/// Every file under a folder.
pub fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    // A file may go away while we look: a `-wal` at a stop, an upload at its end.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// The files under `folder` in which one of the secrets stands.
pub fn files_with(folder: &Path, secrets: &[&str]) -> Vec<String> {
    let files = all_files(folder);
    assert!(files.len() > 2, "there is something to search");
    let mut found = Vec::new();
    for path in files {
        let bytes = std::fs::read(&path).unwrap_or_default();
        for secret in secrets.iter().filter(|secret| holds(&bytes, secret)) {
            found.push(format!("{secret} in {}", path.display()));
        }
    }
    found
}

/// Whether the text stands anywhere in the bytes.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    assert!(text.len() > 7, "“{text}” is found by chance");
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// A header as text, or "".
pub fn header<'r>(answer: &'r Response, name: &str) -> &'r str {
    answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The name and value of the cookie that an answer sets.
pub fn cookie_of(answer: &Response) -> Option<String> {
    header(answer, "set-cookie")
        .split_once(';')
        .map(|(pair, _)| pair.to_owned())
}

/// The program itself, with its own folder and what it writes to stderr in a file.
pub struct Program {
    pub folder: TempDir,
    pub address: std::net::SocketAddr,
    child: Child,
    _said: tokio::task::JoinHandle<()>,
}

impl Program {
    /// Starts it on a free port and waits until it says that it is ready.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_plantain"))
            .env_clear()
            .env("PLANTAIN_MODELS", "off")
            .env("PLANTAIN_DATA", folder.path().join("data"))
            .env("PLANTAIN_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the program");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines.next_line().await.expect("text").unwrap_or_default();
        let address = first
            .rsplit_once("http://")
            .and_then(|(_, address)| address.parse().ok())
            .unwrap_or_else(|| panic!("it said “{first}”"));
        let said = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            folder,
            address,
            child,
            _said: said,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }

    /// Bytes from a line of its `/proc/PID/status`, as `VmRSS`.
    pub fn memory(&self, line: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
        let kib: u64 = rest
            .trim_start_matches(':')
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .ok()?;
        Some(kib * 1024)
    }
}
