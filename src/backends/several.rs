//! Several results of one instruction, from services that make one at a time.
//!
//! Rule: what was made is kept, whatever becomes of the others: it may have been paid for. Two are asked for at a time.
//! Called by the backends that go out.

use std::future::Future;

use super::{BackendError, EditOutcome, EditRequest, Watch};
use crate::domain::turn::Usage;

/// How many results are wanted.
pub fn wanted(request: &EditRequest) -> u32 {
    request.options.count.map_or(1, |count| count.get().into())
}

/// Asks `one` so many times and puts together what it brought. What must be sent back unchanged stays with the picture
/// that comes first.
///
/// # Errors
/// The first error, when none of them brought anything; `Cancelled` as soon as one was, and then `watch` is told what the
/// others cost.
pub async fn several<F>(count: u32, watch: &Watch, one: impl Fn() -> F) -> Result<EditOutcome, BackendError>
where
    F: Future<Output = Result<EditOutcome, BackendError>>,
{
    let mut gathered = Gathered::default();
    let mut left = count.max(1);
    while left > 0 && gathered.failure.is_none() {
        if left == 1 {
            gathered.take(one().await);
        } else {
            let (first, second) = tokio::join!(one(), one());
            gathered.take(first);
            gathered.take(second);
        }
        left = left.saturating_sub(2);
    }
    if gathered.cancelled {
        watch.paid_for_nothing(gathered.outcome.and_then(|outcome| outcome.usage));
        return Err(BackendError::Cancelled);
    }
    gathered.outcome(count)
}

#[derive(Default)]
struct Gathered {
    outcome: Option<EditOutcome>,
    brought: u32,
    failure: Option<BackendError>,
    cancelled: bool,
}

impl Gathered {
    fn take(&mut self, result: Result<EditOutcome, BackendError>) {
        match result {
            Err(error) => {
                self.cancelled |= matches!(error, BackendError::Cancelled);
                self.failure = self.failure.take().or(Some(error));
            }
            Ok(more) => {
                self.brought += 1;
                match &mut self.outcome {
                    None => self.outcome = Some(more),
                    Some(outcome) => {
                        outcome.pictures.extend(more.pictures);
                        outcome.note = outcome.note.take().or(more.note);
                        outcome.usage = sum(outcome.usage, more.usage);
                    }
                }
            }
        }
    }

    fn outcome(self, count: u32) -> Result<EditOutcome, BackendError> {
        match (self.outcome, self.failure) {
            (Some(mut outcome), Some(error)) => {
                tracing::info!(%error, "not every candidate came");
                let missing = format!("{} of {count} results came; the service broke off.", self.brought);
                outcome.note = Some(match outcome.note {
                    Some(note) => format!("{note}\n{missing}"),
                    None => missing,
                });
                Ok(outcome)
            }
            (Some(outcome), None) => Ok(outcome),
            (None, failure) => Err(failure.unwrap_or(BackendError::NoImage { text: None })),
        }
    }
}

/// Both together; where only one of them has a price, that one is known to be paid.
fn sum(a: Option<Usage>, b: Option<Usage>) -> Option<Usage> {
    let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
    Some(Usage {
        input_tokens: a.input_tokens.saturating_add(b.input_tokens),
        output_tokens: a.output_tokens.saturating_add(b.output_tokens),
        cost_micros: match (a.cost_micros, b.cost_micros) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    };

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::blobs::RawImage;

    /// The n-th call brings the n-th of these.
    async fn of(count: u32, script: &[Result<u64, BackendError>]) -> (Result<EditOutcome, BackendError>, u32) {
        let (result, calls, _) = billed(count, script).await;
        (result, calls)
    }

    /// The same, and what was paid for nothing.
    async fn billed(count: u32, script: &[Result<u64, BackendError>]) -> (Result<EditOutcome, BackendError>, u32, u64) {
        let (calls, bill) = (AtomicU32::new(0), Arc::new(AtomicU64::new(0)));
        let paid = bill.clone();
        let watch = Watch::new(CancellationToken::new(), |_, _| {}).with_bills(move |micros| {
            paid.fetch_add(micros, Ordering::Relaxed);
        });
        let result = several(count, &watch, || async {
            let n = calls.fetch_add(1, Ordering::Relaxed) as usize;
            match &script[n] {
                Ok(cost) => Ok(EditOutcome {
                    pictures: vec![RawImage::from(vec![0])],
                    usage: Some(Usage {
                        input_tokens: 1,
                        output_tokens: 2,
                        cost_micros: Some(*cost),
                    }),
                    ..EditOutcome::default()
                }),
                Err(BackendError::Cancelled) => Err(BackendError::Cancelled),
                Err(_) => Err(BackendError::TimedOut),
            }
        })
        .await;
        (result, calls.into_inner(), bill.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn what_was_paid_before_a_cancel_is_told() {
        for script in [
            [Err(BackendError::Cancelled), Ok(7)],
            [Ok(7), Err(BackendError::Cancelled)],
        ] {
            let (result, _, paid) = billed(2, &script).await;
            assert!(matches!(result, Err(BackendError::Cancelled)));
            assert_eq!(paid, 7);
        }
    }

    #[test]
    fn a_sum_keeps_what_is_known() {
        let usage = |cost_micros| {
            Some(Usage {
                input_tokens: 1,
                output_tokens: 1,
                cost_micros,
            })
        };
        for (a, b, both) in [
            (Some(3), Some(4), Some(7)),
            (Some(3), None, Some(3)),
            (None, None, None),
        ] {
            assert_eq!(sum(usage(a), usage(b)).and_then(|usage| usage.cost_micros), both);
            assert_eq!(sum(usage(b), usage(a)).and_then(|usage| usage.cost_micros), both);
        }
    }

    #[tokio::test]
    async fn each_is_a_call_of_its_own_and_what_they_cost_is_summed() {
        let (result, calls) = of(3, &[Ok(5), Ok(7), Ok(9)]).await;
        let outcome = result.expect("pictures");
        let cost = outcome.usage.and_then(|usage| usage.cost_micros);
        assert_eq!(
            (calls, outcome.pictures.len(), cost, outcome.note),
            (3, 3, Some(21), None)
        );
    }

    #[tokio::test]
    async fn what_came_is_kept_and_nothing_more_is_asked_after_a_failure() {
        let (result, calls) = of(4, &[Ok(5), Err(BackendError::TimedOut)]).await;
        let outcome = result.expect("one picture");
        assert_eq!((calls, outcome.pictures.len()), (2, 1));
        assert_eq!(
            outcome.note.as_deref(),
            Some("1 of 4 results came; the service broke off.")
        );
        let (result, calls) = of(2, &[Err(BackendError::TimedOut), Err(BackendError::TimedOut)]).await;
        assert!(matches!(result, Err(BackendError::TimedOut)) && calls == 2);
        let (result, _) = of(2, &[Ok(1), Err(BackendError::Cancelled)]).await;
        assert!(matches!(result, Err(BackendError::Cancelled)));
    }
}
