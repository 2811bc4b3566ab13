//! Making and revoking links.
//!
//! Rule: a token leaves this file once, in the answer to the person who made it; revoking looks at every open stream.

use super::{Turns, live::Hint};
use crate::{
    domain::{
        ids::{SessionId, ShareId},
        share::{Access, Lifetime, Share},
        token::Token,
    },
    random,
    store::StoreError,
};

impl Turns {
    /// Makes a link into a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn share(
        &self,
        session: SessionId,
        access: Access,
        lifetime: Lifetime,
    ) -> Result<(Share, Token), StoreError> {
        let now = self.0.clock.now();
        let share = Share {
            id: ShareId::new(random::uuid(now)),
            session,
            access,
            created_at: now,
            expires_at: lifetime.end(now),
            revoked_at: None,
            last_used_at: None,
            uses: 0,
        };
        let token = random::token();
        self.0.store.insert_share(&share, token.hash()).await?;
        Ok((share, token))
    }

    /// Revokes a link, at once and for open streams too; whether the session has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke(&self, session: SessionId, share: ShareId) -> Result<bool, StoreError> {
        let revoked = self.0.store.revoke_share(session, share, self.0.clock.now()).await?;
        self.0.live.tell(session, Hint::Rights);
        Ok(revoked)
    }
}
