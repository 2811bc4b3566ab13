//! When to come again: what an answer asks for, and how long to wait before another attempt.
//!
//! Rule: never earlier than the service asked, and never at all when it asks for more than is reasonable. Called by
//! [`super::Outbound`] and by what reads the services' refusals.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::{Answer, Limits};

/// The service answered that it did nothing and may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// How long it wants to be left alone, if it said.
    pub wait: Option<Duration>,
}

impl Answer {
    /// The wait asked for in `retry-after-ms`, else in `Retry-After`: seconds, or a date. The answer's own `Date` stands
    /// for the present, so no clock of ours is compared with theirs.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let millis = text(&self.headers, "retry-after-ms").and_then(|text| text.parse::<u32>().ok());
        if let Some(millis) = millis {
            return Some(Duration::from_millis(millis.into()));
        }
        retry_after(
            text(&self.headers, RETRY_AFTER.as_str())?,
            text(&self.headers, DATE.as_str()),
        )
    }

    /// What the service says in `x-should-retry`, if it says anything.
    #[must_use]
    pub fn should_retry(&self) -> Option<bool> {
        match text(&self.headers, "x-should-retry")? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

/// How long to wait after this attempt (1 is the first); none when the service asks for more than is reasonable.
/// `spread` goes from 0 to 1.
pub(super) fn wait(limits: &Limits, attempt: u32, busy: Busy, spread: f64) -> Option<Duration> {
    let spread = spread.clamp(0.0, 1.0);
    match busy.wait {
        // Never earlier than asked; the spread keeps many clients from coming back at the same moment.
        Some(wait) if wait <= limits.longest_wait => Some(wait + limits.first_wait.mul_f64(spread)),
        Some(_) => None,
        None => {
            let most = limits
                .first_wait
                .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
            Some(most.min(limits.longest_wait).mul_f64(spread))
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn retry_after(text: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let wait = moment(text)?.as_second() - moment(date?)?.as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::http::StatusCode;

    fn waited(spread: f64, attempt: u32, asked: Option<u64>) -> Option<u128> {
        let busy = Busy {
            wait: asked.map(Duration::from_secs),
        };
        wait(&Limits::default(), attempt, busy, spread).map(|wait| wait.as_millis())
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_by_the_answers_own_clock() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |text, date| retry_after(text, date).map(|wait| wait.as_secs());
        assert_eq!(seconds("7", None), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(
            seconds("Sun, 06 Nov 1994 08:00:00 GMT", date),
            Some(0),
            "the past is now"
        );
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        for odd in ["", "soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(seconds(odd, date), None, "{odd:?}");
        }
    }

    #[test]
    fn milliseconds_come_before_seconds_and_an_order_not_to_retry_is_heard() {
        let answer = |headers: &[(&'static str, &'static str)]| Answer {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
                .collect(),
            body: bytes::Bytes::new(),
        };
        let both = answer(&[("retry-after", "7"), ("retry-after-ms", "1500")]);
        assert_eq!(both.retry_after(), Some(Duration::from_millis(1_500)));
        assert_eq!(both.should_retry(), None);
        assert_eq!(answer(&[("x-should-retry", "false")]).should_retry(), Some(false));
        assert_eq!(answer(&[("x-should-retry", "true")]).should_retry(), Some(true));
        assert_eq!(answer(&[("x-should-retry", "perhaps")]).should_retry(), None);
    }

    #[test]
    fn rel_backend_02_waits_double_spread_fully_and_are_capped() {
        let waits = |spread| [1, 2, 3, 9].map(|attempt| waited(spread, attempt, None));
        assert_eq!(waits(1.0), [Some(1_000), Some(2_000), Some(4_000), Some(30_000)]);
        assert_eq!(waits(0.25), [Some(250), Some(500), Some(1_000), Some(7_500)]);
        assert_eq!(waits(0.0), [Some(0); 4]);
    }

    #[test]
    fn rel_backend_02_an_asked_for_wait_is_kept_unless_it_is_too_long() {
        assert_eq!(waited(0.5, 1, Some(7)), Some(7_500), "never earlier than asked");
        assert!(waited(0.5, 1, Some(30)).is_some());
        assert_eq!(waited(0.5, 1, Some(31)), None);
    }
}
