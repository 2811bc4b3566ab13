//! Removing what nobody needs: files no row names, renditions of pictures that are gone, temporary files left over.
//!
//! Rule: only what is older than the grace goes, and a file from the future is not old, so a clock that jumps can't
//! remove anything early. Called by `app` now and then.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::PoisonError,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{BlobStore, blocking};
use crate::domain::{picture::BlobId, time::Moment};

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Pictures and renditions.
    pub pictures: usize,
    /// Temporary files.
    pub temporary: usize,
}

/// How many ids are asked about at once.
const AT_ONCE: usize = 500;

impl BlobStore {
    /// Removes pictures and renditions that `known` doesn't name, and temporary files, when they are older than `grace`
    /// at `now`. `known` answers which of the ids it is given have a row.
    ///
    /// # Errors
    /// The disk's refusal, or what `known` answered; what is left is found again next time.
    pub async fn sweep<F, Known>(&self, mut known: F, grace: Duration, now: Moment) -> io::Result<Swept>
    where
        F: FnMut(Vec<BlobId>) -> Known,
        Known: Future<Output = io::Result<Vec<BlobId>>>,
    {
        let before = old_before(grace, now);
        let store = self.clone();
        let (old, temporary) = blocking(move || store.find_old(before)).await?;
        let mut swept = Swept { pictures: 0, temporary };
        let ids: Vec<BlobId> = old.keys().copied().collect();
        for ids in ids.chunks(AT_ONCE) {
            let kept: HashSet<BlobId> = known(ids.to_vec()).await?.into_iter().collect();
            let gone: Vec<PathBuf> = ids
                .iter()
                .filter(|id| !kept.contains(id))
                .flat_map(|id| old[id].clone())
                .collect();
            let store = self.clone();
            swept.pictures += blocking(move || store.remove_old(&gone, before)).await?;
        }
        Ok(swept)
    }

    /// Removes every temporary file, whatever its age: for the start, before anything is taken in. How many.
    ///
    /// # Errors
    /// The disk's refusal.
    pub fn discard_temporary(&self) -> io::Result<usize> {
        let mut removed = 0;
        for path in paths_in(&self.temporary())? {
            if path.is_file() {
                fs::remove_file(path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Old files by the picture they belong to; old temporary files are removed on the way.
    fn find_old(&self, before: SystemTime) -> io::Result<(HashMap<BlobId, Vec<PathBuf>>, usize)> {
        let mut old: HashMap<BlobId, Vec<PathBuf>> = HashMap::new();
        for folder in ["blobs", "renditions", super::leaving::FOLDER, super::private::FOLDER] {
            for shelf in paths_in(&self.0.root.join(folder))? {
                for path in paths_in(&shelf)? {
                    if is_old(&path, before)?
                        && let Some(id) = id_of(&shelf, &path)
                    {
                        old.entry(id).or_default().push(path);
                    }
                }
            }
        }
        let mut temporary = self.remove_old(&paths_in(&self.temporary())?, before)?;
        // Whoever asks again has it made again.
        let unasked = before.checked_sub(super::leaving::KEPT).unwrap_or(UNIX_EPOCH);
        for shelf in paths_in(&self.0.root.join(super::leaving::FOLDER))? {
            temporary += self.remove_old(&paths_in(&shelf)?, unasked)?;
        }
        Ok((old, temporary))
    }

    /// Removes those of these files that are still old.
    fn remove_old(&self, paths: &[PathBuf], before: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for path in paths {
            let _names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            if is_old(path, before)? {
                match fs::remove_file(path) {
                    Ok(()) => removed += 1,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(removed)
    }
}

/// The moment before which a file is old.
fn old_before(grace: Duration, now: Moment) -> SystemTime {
    let now = Duration::from_millis(u64::try_from(now.millis()).unwrap_or(0));
    UNIX_EPOCH + now.saturating_sub(grace)
}

/// Whether a file was last changed before then; a file that is gone isn't old.
fn is_old(path: &Path, before: SystemTime) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(data) => Ok(data.is_file() && data.modified()? < before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// The picture a file on a shelf belongs to: `ab/cdef….png`, `ab/cdef…-320.webp`.
fn id_of(shelf: &Path, path: &Path) -> Option<BlobId> {
    let shelf = shelf.file_name()?.to_str()?;
    let name = path.file_name()?.to_str()?;
    let rest = name.split(['.', '-']).next()?;
    format!("{shelf}{rest}").parse().ok()
}
