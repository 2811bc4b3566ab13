//! A backend that answers from a script: what the tests and benches of everything around backends run against.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use plantain::backends::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch};

type Script = dyn Fn(u64) -> Result<Vec<Vec<u8>>, BackendError> + Send + Sync;

/// Answers the nth call with the script's nth picture.
pub struct Scripted {
    info: BackendInfo,
    calls: AtomicU64,
    script: Box<Script>,
}

impl Scripted {
    pub fn new(script: impl Fn(u64) -> Result<Vec<u8>, BackendError> + Send + Sync + 'static) -> Self {
        Self::of_several(move |call| Ok(vec![script(call)?]))
    }

    /// The same with several pictures to an answer.
    pub fn of_several(script: impl Fn(u64) -> Result<Vec<Vec<u8>>, BackendError> + Send + Sync + 'static) -> Self {
        let info = BackendInfo {
            name: "scripted".to_owned(),
            kind: "scripted",
            title: "The script".to_owned(),
            model: None,
            references: 13,
            regions: false,
            markup: false,
            history: false,
            candidates: 1,
            offers: plantain::backends::Offers::default(),
            streaming: false,
            free_to_repeat: false,
            at_once: 4,
            deadline: Duration::from_secs(60),
        };
        Self {
            info,
            calls: AtomicU64::new(0),
            script: Box::new(script),
        }
    }
}

#[async_trait]
impl Backend for Scripted {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, _: &EditRequest, _: &Watch) -> Result<EditOutcome, BackendError> {
        let pictures = (self.script)(self.calls.fetch_add(1, Ordering::Relaxed))?;
        Ok(EditOutcome {
            pictures: pictures.into_iter().map(Into::into).collect(),
            ..EditOutcome::default()
        })
    }
}
