//! Files that are kept and never served: what a model answered, to be sent back to it unchanged.
//!
//! Rule: as for pictures, the name is the content's hash, the file comes first and its row second, and `sweep` removes
//! what no row names. Nothing here is decoded, and no address leads here. Written and read by `turns` and `backends`.

use std::{fs, io, io::Write as _, path::PathBuf, sync::PoisonError};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{BlobStore, blocking, sync_folder};
use crate::domain::picture::BlobId;

/// The folder beside `blobs`.
pub(super) const FOLDER: &str = "private";

impl BlobStore {
    /// Keeps bytes under the name of their content; when this returns, they are on the disk for good.
    ///
    /// # Errors
    /// The disk's refusal; then nothing is kept.
    pub async fn put_private(&self, bytes: Bytes) -> io::Result<BlobId> {
        let store = self.clone();
        blocking(move || store.keep_private(&bytes)).await
    }

    /// All bytes kept under this name.
    ///
    /// # Errors
    /// The disk's refusal; not found when they aren't here.
    pub async fn read_private(&self, id: BlobId) -> io::Result<Bytes> {
        tokio::fs::read(self.private_path(id)).await.map(Bytes::from)
    }

    fn keep_private(&self, bytes: &[u8]) -> io::Result<BlobId> {
        let id = BlobId::from_bytes(Sha256::digest(bytes).into());
        let name = self.private_path(id);
        let folder = name.parent().unwrap_or(&self.0.root);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(self.temporary())?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        {
            let _names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            file.persist(&name).map_err(|refused| refused.error)?;
        }
        sync_folder(folder)?;
        sync_folder(&self.0.root.join(FOLDER))?;
        Ok(id)
    }

    fn private_path(&self, id: BlobId) -> PathBuf {
        let hex = id.to_string();
        let (folder, name) = hex.split_at(2);
        self.0.root.join(FOLDER).join(folder).join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{picture::Limits, time::Moment};

    #[tokio::test]
    async fn what_is_kept_comes_back_byte_for_byte_until_no_row_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(folder.path(), Limits::default(), None, BlobStore::DEADLINE).expect("a store");
        let bytes = Bytes::from_static(b"[{\"thoughtSignature\": \"C\\u0070\"}]");
        let id = store.put_private(bytes.clone()).await.expect("kept");
        assert_eq!(
            store.put_private(bytes.clone()).await.expect("kept twice is one file"),
            id
        );
        assert_eq!(store.read_private(id).await.expect("there"), bytes);
        let later = Moment::from_millis(i64::MAX / 2);
        let known = |all: Vec<BlobId>| async move { Ok(all) };
        store.sweep(known, Duration::ZERO, later).await.expect("swept");
        assert_eq!(store.read_private(id).await.expect("a row names it"), bytes);
        let unknown = |_| async { Ok(Vec::new()) };
        assert_eq!(
            store
                .sweep(unknown, Duration::ZERO, later)
                .await
                .expect("swept")
                .pictures,
            1
        );
        assert!(store.read_private(id).await.is_err());
    }
}
