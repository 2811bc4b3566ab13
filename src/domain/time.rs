//! Moments, as the house keeps them: milliseconds since 1970 in UTC, handed in by the clock.
//!
//! Rule: nothing here reads a clock; `app::Clock` is the only door to the time of day.

use serde::{Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(i64);

/// One day in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Moment {
    /// The moment this many milliseconds after the start of 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment and so many milliseconds.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment and so many days.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(DAY_MS))
    }

    /// Milliseconds from `earlier` to here; 0 when the clock was set back in between.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        let span = self.0.saturating_sub(earlier.0);
        if span < 0 { 0 } else { span }
    }

    /// The first moment of this moment's calendar month, in UTC.
    #[must_use]
    pub fn start_of_month(self) -> Self {
        let first = self.zoned().date().first_of_month();
        first
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(self, |zoned| Self(zoned.timestamp().as_millisecond()))
    }

    /// The first moment of a day written as `2026-11-23`, in UTC; `None` for what is no day.
    #[must_use]
    pub fn of_date(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok()?;
        let day = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(day.timestamp().as_millisecond()))
    }

    /// "November 2026", in UTC.
    #[must_use]
    pub fn month(self) -> String {
        self.zoned().strftime("%B %Y").to_string()
    }

    fn zoned(self) -> jiff::Zoned {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned(jiff::tz::TimeZone::UTC)
    }

    /// RFC 3339 in UTC, as the JSON interface and `<time datetime>` want it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_string()
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_with_its_first_moment_in_utc() {
        let moment = Moment::from_millis(1_795_426_800_000);
        assert_eq!(moment.month(), "November 2026");
        assert_eq!(moment.start_of_month().rfc3339(), "2026-11-01T00:00:00Z");
        assert_eq!(moment.start_of_month().start_of_month(), moment.start_of_month());
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let day = Moment::of_date("2026-11-23").map(Moment::rfc3339);
        assert_eq!(day.as_deref(), Some("2026-11-23T00:00:00Z"));
        for no_day in ["", "2026-02-30", "yesterday", "23.11.2026"] {
            assert_eq!(Moment::of_date(no_day), None, "{no_day}");
        }
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(Moment::from_millis(1_795_426_800_000).rfc3339(), "2026-11-23T09:40:00Z");
    }

    #[test]
    fn a_clock_set_back_is_no_negative_time() {
        assert_eq!(Moment::from_millis(5).millis_since(Moment::from_millis(9)), 0);
    }
}
