//! A version of one session as a reference picture of another.
//!
//! Rule: the pixels are shared as they are; where they come from goes along, because the copy's original is the file that the
//! version would have left as. Called by `web::gallery`.

use super::{KeepError, Turns};
use crate::{
    blobs::Came,
    domain::{
        ids::{SessionId, VersionId},
        version::Version,
    },
    provenance::As,
    random,
};

impl Turns {
    /// Adds the picture of `version` to `session`, as an uploaded one.
    ///
    /// # Errors
    /// [`KeepError`]; nothing is added then.
    pub async fn reuse(&self, session: SessionId, version: &Version) -> Result<Version, KeepError> {
        let provenance = &self.0.provenance;
        let came = if provenance.is_idle() {
            None
        } else {
            match provenance.leave(version, As::Whole).await {
                Ok(leaving) => Some(Came {
                    bytes: leaving.bytes.into(),
                    mime: leaving.format.mime(),
                }),
                Err(error) => {
                    tracing::warn!(%error, version = %version.id, "a picture is reused without its credentials");
                    None
                }
            }
        };
        let original = provenance.take_in(came).await;
        let now = self.0.clock.now();
        let id = VersionId::new(random::uuid(now));
        let added = self
            .0
            .store
            .insert_upload(id, session, version.blob.clone(), now)
            .await?;
        provenance.keep_original(added.id, original.as_ref()).await;
        self.make_renditions(&added);
        Ok(added)
    }
}
