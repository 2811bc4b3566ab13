//! What a house spends at most.
//!
//! Rule: a turn that may cost something is refused before anything is sent once a ceiling is reached: when it is handed in,
//! and again when its turn comes. What runs at that moment is finished, so a sum may end a few turns above its ceiling.
//! Backends that are free to repeat cost nothing and go on. Set in `config`, asked in `submit` and by `worker`.

use super::Turns;
use crate::{
    backends::BackendInfo,
    domain::{
        cost::Micros,
        ids::{SessionId, VisitorId},
    },
    store::{StoreError, costs::Of},
};

/// What may be spent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ceilings {
    /// By everybody, in a calendar month (UTC).
    pub month: Option<Micros>,
    /// On one session.
    pub session: Option<Micros>,
    /// By one person, in a calendar month.
    pub person: Option<Micros>,
}

impl Ceilings {
    /// Whether any is set.
    const fn is_set(&self) -> bool {
        self.month.is_some() || self.session.is_some() || self.person.is_some()
    }
}

impl Turns {
    /// Tells the operator which services a ceiling can't see, at the start.
    pub(super) fn warn_of_the_unpriced(&self) {
        if !self.0.ceilings.is_set() {
            return;
        }
        let infos = self.0.registry.infos();
        for info in infos.iter().filter(|info| is_unpriced(info)) {
            tracing::warn!(
                backend = info.name,
                "a ceiling is set and no price of this service is known: where it doesn't tell what a turn cost, nothing is counted; picture_price in its settings mends that"
            );
        }
    }

    /// Why nothing more is paid for, in a sentence; none while there is room.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn over_ceiling(
        &self,
        backend: &BackendInfo,
        session: SessionId,
        person: Option<VisitorId>,
    ) -> Result<Option<String>, StoreError> {
        if backend.free_to_repeat {
            return Ok(None);
        }
        let month = self.0.clock.now().start_of_month();
        let name = month.month();
        let sums = [
            (
                self.0.ceilings.session,
                Some(Of::Session(session)),
                "This session has".to_owned(),
            ),
            (
                self.0.ceilings.person,
                person.map(|person| Of::Person(person, month)),
                format!("In {name} you have"),
            ),
            (
                self.0.ceilings.month,
                Some(Of::House(month)),
                format!("In {name} this house has"),
            ),
        ];
        for (ceiling, of, who) in sums {
            let (Some(ceiling), Some(of)) = (ceiling, of) else {
                continue;
            };
            let spent = Micros(self.0.store.spent(of).await?);
            if spent >= ceiling {
                return Ok(Some(format!(
                    "{who} spent {spent} of at most {ceiling} on models, so nothing was sent. Whoever runs this server can raise that; the built-in engine costs nothing."
                )));
            }
        }
        Ok(None)
    }
}

fn is_unpriced(backend: &BackendInfo) -> bool {
    !backend.free_to_repeat && backend.offers.price(None).is_none()
}
