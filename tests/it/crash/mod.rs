//! What survives `kill -9`: the loop, and the questions asked after each restart.
//!
//! Rule: a client writes down only what it was told, and everything it was told must be true for ever after. The kills
//! come at random moments of a printed seed: `PLANTAIN_CRASH_SEED` repeats one, `PLANTAIN_KILLS` sets how many.

mod clients;
mod ledger;

use std::{collections::HashSet, path::Path, sync::Arc, time::Duration};

use plantain::{
    domain::turn::{FailureKind, TurnState},
    store::Store,
};
use sha2::{Digest as _, Sha256};
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use self::{
    clients::Client,
    ledger::{Dice, Ledger},
};
use crate::{
    counting_gemini::CountingGemini,
    program::{Program, files_below},
};

/// How often the program is killed unless the environment says otherwise.
const KILLS: usize = 50;
/// People who upload and edit at the same time.
const CLIENTS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_01_02_03_kill_9_at_any_moment_loses_nothing_that_was_acknowledged_and_pays_nothing_twice() {
    let kills = number("PLANTAIN_KILLS").map_or(KILLS, |kills| usize::try_from(kills).expect("a count"));
    let seed = number("PLANTAIN_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("PLANTAIN_CRASH_SEED={seed} PLANTAIN_KILLS={kills}");
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let service = CountingGemini::start().await;
    let ledger = Arc::new(Ledger::default());
    let began = Instant::now();

    let (tell, at) = watch::channel(None);
    let done = CancellationToken::new();
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        let client = Client::new(n, seed, at.clone(), Arc::clone(&ledger), done.clone());
        clients.spawn(client.live());
    }
    for kill in 0..kills {
        let program = restart(&data, &service).await;
        ledger.check_newest(program.address, &mut dice).await;
        tell.send_replace(Some(program.address));
        tokio::time::sleep(Duration::from_millis(dice.between(60, 320))).await;
        tell.send_replace(None);
        let log = program.kill().await;
        assert!(!log.contains("panicked"), "kill {kill}: {log}");
    }
    let program = restart(&data, &service).await;
    tell.send_replace(Some(program.address));
    done.cancel();
    clients.join_all().await;
    program.kill().await;

    // The last restart: nothing is in the way of any turn now.
    service.speak_up();
    let program = restart(&data, &service).await;
    let ends = ledger.check_everything(program.address, &service).await;
    let stopped = program.stop().await;
    assert!(stopped.status.success(), "{stopped:?}");
    let (sessions, versions) = every_row_has_its_file(&data).await;
    leftovers_go_and_nothing_else(&data, &service).await;
    println!(
        "{kills} kills in {:.1} s; acknowledged: {} pictures, {} turns ({ends}); {} calls of the model; stored: {sessions} sessions, {versions} versions",
        began.elapsed().as_secs_f32(),
        ledger.pictures(),
        ledger.turns(),
        service.calls(),
    );
    // However slow the machine: a loop in which nothing happens proves nothing.
    let least = kills / 4;
    assert!(
        ledger.pictures() > least && ledger.turns() > least,
        "the clients were idle"
    );
}

/// Starts the program; what the last one was writing is gone by the time it answers.
async fn restart(data: &Path, service: &CountingGemini) -> Program {
    let before = files_below(&data.join("tmp"));
    let program = Program::start(data, &["--log", "warn"], &service.env()).await;
    let left: Vec<_> = before.iter().filter(|path| path.exists()).collect();
    assert!(left.is_empty(), "left over from the last run: {left:?}");
    program
}

/// Reads every row of a stopped house: each version's file has the right hash, each turn has ended, the places have no gap.
pub async fn every_row_has_its_file(data: &Path) -> (usize, usize) {
    let store = Store::open(&data.join("plantain.db")).await.expect("a sound database");
    let sessions = store.all_sessions().await.expect("rows");
    let mut count = 0;
    for overview in &sessions {
        let id = overview.session.id;
        let versions = store.versions(id).await.expect("rows");
        for version in &versions {
            let name = version.blob.id.to_string();
            let file = format!("{}.{}", &name[2..], version.blob.format.extension());
            let bytes = std::fs::read(data.join("blobs").join(&name[..2]).join(file)).expect("its file");
            assert_eq!(hex::encode(Sha256::digest(&bytes)), name, "v{} of {id}", version.number);
            assert_eq!(bytes.len() as u64, version.blob.bytes);
            if let Some(returned) = version.as_returned {
                let name = returned.to_string();
                let file = data.join("blobs").join(&name[..2]).join(format!("{}.png", &name[2..]));
                let bytes = std::fs::read(file).expect("the model's own picture");
                assert_eq!(hex::encode(Sha256::digest(&bytes)), name, "v{} of {id}", version.number);
            }
        }
        let numbers: Vec<_> = versions.iter().map(|version| version.number as usize).collect();
        assert_eq!(
            numbers,
            (1..=versions.len()).collect::<Vec<_>>(),
            "versions are counted without a gap"
        );
        let turns = store.turns_after(id, 0, 10_000).await.expect("rows");
        let places: Vec<_> = turns.iter().map(|turn| turn.place as usize).collect();
        assert_eq!(
            places,
            (1..=turns.len()).collect::<Vec<_>>(),
            "turns are counted without a gap"
        );
        for turn in &turns {
            assert!(turn.state.is_ended(), "{turn:?}");
            if let TurnState::Failed(failure) = &turn.state {
                assert_eq!(
                    (failure.kind, &*turn.backend),
                    (FailureKind::Interrupted, "gemini"),
                    "{turn:?}"
                );
            }
        }
        count += versions.len();
    }
    store.close().await;
    (sessions.len(), count)
}

/// Makes every file old and starts once more: the sweep removes what no row names, and no other file.
async fn leftovers_go_and_nothing_else(data: &Path, service: &CountingGemini) {
    let store = Store::open(&data.join("plantain.db")).await.expect("a sound database");
    let mut named = HashSet::new();
    for overview in store.all_sessions().await.expect("rows") {
        let versions = store.versions(overview.session.id).await.expect("rows");
        named.extend(versions.iter().flat_map(|version| {
            let both = std::iter::once(version.blob.id).chain(version.as_returned);
            both.map(|blob| blob.to_string())
        }));
    }
    store.close().await;
    let files = files_below(&data.join("blobs"));
    for path in &files {
        let file = std::fs::File::options().write(true).open(path).expect("a file");
        let hours_ago =
            std::fs::metadata(path).expect("its times").modified().expect("a time") - Duration::from_hours(2);
        file.set_modified(hours_ago).expect("older now");
    }
    let program = restart(data, service).await;
    let until = Instant::now() + Duration::from_secs(20);
    while files_below(&data.join("blobs")).len() > named.len() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let kept: HashSet<String> = files_below(&data.join("blobs"))
        .iter()
        .map(|path| {
            let shelf = path
                .parent()
                .and_then(Path::file_name)
                .and_then(|name| name.to_str())
                .expect("a shelf");
            format!(
                "{shelf}{}",
                path.file_stem().and_then(|name| name.to_str()).expect("a name")
            )
        })
        .collect();
    let lost: Vec<_> = named.difference(&kept).collect();
    let unnamed: Vec<_> = kept.difference(&named).collect();
    assert!(
        lost.is_empty() && unnamed.is_empty(),
        "lost: {lost:?}, unnamed: {unnamed:?}"
    );
    assert!(program.stop().await.status.success());
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}
