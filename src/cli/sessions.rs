//! `plantain sessions`: what is in a data folder, and a new way into one of its sessions.
//!
//! Rule: works beside a running server (SQLite sees to that) and changes nothing but to add a link. It is for the person
//! who can read the folder anyway: in open mode a session belongs to a browser's cookie, and cookies get lost. Called by
//! `main`.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use crate::{
    clock::Clock,
    domain::{
        ids::{SessionId, ShareId},
        share::{Access, Lifetime, Share},
    },
    random,
    store::{OpenError, Store, StoreError},
    web::security::PublicUrl,
};

/// List the sessions of a data folder, or make a new link into one.
#[derive(Debug, Clone, Args)]
pub struct SessionsArgs {
    /// Folder with the database
    #[arg(
        long,
        env = "PLANTAIN_DATA",
        value_name = "DIR",
        default_value = "data",
        global = true
    )]
    pub data: PathBuf,
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What to do instead of listing.
#[derive(Debug, Clone, Subcommand)]
pub enum What {
    /// Print a fresh edit link into a session, for somebody who lost theirs; it works until it is revoked
    Link(LinkArgs),
}

/// Which session, and where people open it.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// The session's id, as `plantain sessions` lists it
    pub id: String,
    /// The address people open, as https://photos.example
    #[arg(long, env = "PLANTAIN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// Where the server listens; the link's address when there is no public one
    #[arg(
        long,
        env = "PLANTAIN_LISTEN",
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
}

/// Why there is no list or link, in words for the operator.
#[derive(Debug, thiserror::Error)]
enum SessionsError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database can't be used: {0}")]
    Store(#[from] StoreError),
    #[error("there is no session {0} here; `plantain sessions` lists those there are")]
    Unknown(String),
    #[error("the session {0} is in the trash, where no link opens it")]
    InTrash(SessionId),
    #[error("the operating system gives no threads: {0}")]
    Threads(std::io::Error),
}

/// Prints the list or the link; exit 1 and one sentence when that can't be done.
pub fn run(args: SessionsArgs) -> ExitCode {
    match printed(args) {
        Ok(lines) => {
            print!("{lines}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("plantain: {error}");
            ExitCode::FAILURE
        }
    }
}

fn printed(args: SessionsArgs) -> Result<String, SessionsError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SessionsError::Threads)?;
    runtime.block_on(async {
        let store = Store::open_existing(&args.data.join("plantain.db")).await?;
        let lines = match args.what {
            None => list(&store).await,
            Some(What::Link(link)) => make_link(&store, &link).await,
        };
        store.close().await;
        lines
    })
}

/// A line for each session, last changed first.
async fn list(store: &Store) -> Result<String, SessionsError> {
    let mut lines = format!("{:<36}  {:<20}  {:>8}  TITLE\n", "ID", "LAST CHANGE", "VERSIONS");
    for overview in store.all_sessions().await? {
        let session = overview.session;
        let seconds = session.updated_at.plus_millis(-(session.updated_at.millis() % 1000));
        let place = if session.deleted_at.is_some() {
            "  (in the trash)"
        } else {
            ""
        };
        lines.push_str(&format!(
            "{}  {:<20}  {:>8}  {}{place}\n",
            session.id,
            seconds.rfc3339(),
            overview.versions,
            session.title
        ));
    }
    Ok(lines)
}

/// A link that nobody has to be asked for: whoever reads the folder has the session already.
async fn make_link(store: &Store, args: &LinkArgs) -> Result<String, SessionsError> {
    let unknown = || SessionsError::Unknown(args.id.clone());
    let id: SessionId = args.id.parse().map_err(|_| unknown())?;
    let session = store.session(id).await?.ok_or_else(unknown)?;
    if session.deleted_at.is_some() {
        return Err(SessionsError::InTrash(id));
    }
    let now = Clock::default().now();
    let share = Share {
        id: ShareId::new(random::uuid(now)),
        session: id,
        access: Access::Edit,
        created_at: now,
        // It is to stand in for a cookie, so it must not end by itself.
        expires_at: Lifetime::Forever.end(now),
        revoked_at: None,
        last_used_at: None,
        uses: 0,
    };
    let token = random::token();
    store.insert_share(&share, token.hash()).await?;
    let origin = match &args.public_url {
        Some(url) => url.origin(),
        None => format!("http://{}", args.listen),
    };
    Ok(format!("{origin}/join/{}\n", token.expose()))
}
