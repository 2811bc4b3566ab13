//! Small words: times, sizes, durations, places.
//!
//! Rule: what is printed here stands without scripts (absolute, UTC); scripts may make it relative.

use crate::{
    domain::{picture::Dimensions, time::Moment},
    web::languages::{self, Language, say},
};

/// A moment as `<time datetime="{machine}">{text}</time>`.
#[derive(Debug, Clone)]
pub struct When {
    /// RFC 3339 in UTC.
    pub machine: String,
    /// "23 Nov 2026, 09:40 UTC".
    pub text: String,
}

impl From<Moment> for When {
    fn from(moment: Moment) -> Self {
        let time = jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self {
            machine: moment.rfc3339(),
            text: in_words(&time.to_zoned(jiff::tz::TimeZone::UTC)),
        }
    }
}

fn in_words(time: &jiff::Zoned) -> String {
    let said = say("time-when")
        .with("day", number(time.day()))
        .with("month", number(time.month()));
    let said = said.with("year", number(time.year()));
    said.with("clock", time.strftime("%H:%M").to_string()).into()
}

/// "November 2026".
pub fn month(moment: Moment) -> String {
    let time = jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let time = time.to_zoned(jiff::tz::TimeZone::UTC);
    let said = say("time-month").with("month", number(time.month()));
    said.with("year", number(time.year())).into()
}

fn number(part: impl Into<i32>) -> u32 {
    part.into().unsigned_abs()
}

/// "1600 × 1200"; from left to right in every language.
pub fn size(dimensions: Dimensions) -> String {
    let size = format!("{} × {}", dimensions.width, dimensions.height);
    languages::apart(&size)
}

/// "340 ms", "1.2 s", "2 min 5 s".
pub fn took(millis: u64) -> String {
    let tenths = millis / 100;
    match millis {
        0..1_000 => say("time-ms").with("ms", millis).into(),
        1_000..60_000 => {
            let said = say("time-tenths").with("whole", tenths / 10);
            said.with("tenth", tenths % 10).into()
        }
        _ => seconds(millis / 1000),
    }
}

/// "$0.039", "$1.20", "less than $0.001".
pub fn dollars(micros: u64) -> String {
    match micros {
        0 => "$0".to_owned(),
        1..1_000 => say("money-little").into(),
        1_000..999_500 => format!("$0.{:03}", (micros + 500) / 1000),
        _ => {
            let cents = (micros + 5_000) / 10_000;
            format!("${}.{:02}", cents / 100, cents % 100)
        }
    }
}

/// "45 s", "2 min", "2 min 5 s", "1 h", "1 h 20 min".
pub fn seconds(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, s) => say("time-s").with("s", s),
        (0, m, 0) => say("time-min").with("min", m),
        (0, m, s) => say("time-min-s").with("min", m).with("s", s),
        (h, 0, _) => say("time-h").with("h", h),
        (h, m, _) => say("time-h-min").with("h", h).with("min", m),
    }
    .into()
}

/// "1st", "2nd", "3rd", "4th", "11th", "21st"; the number alone in other languages.
pub fn ordinal(number: u32) -> String {
    if Language::current() != Language::English {
        return number.to_string();
    }
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// "once", "3 times".
pub fn times(count: u64) -> String {
    say("times-used").with("count", count).into()
}

/// `text` on one line, cut at a word's end near `most` characters.
pub fn brief(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let kept = cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept);
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_spans_read_well() {
        assert_eq!(
            When::from(Moment::from_millis(1_795_426_800_000)).text,
            "23 Nov 2026, 09:40 UTC"
        );
        assert_eq!(
            [took(340), took(1_249), took(125_000)],
            ["340 ms", "1.2 s", "2 min 5 s"]
        );
        assert_eq!(
            [seconds(45), seconds(120), seconds(4_800)],
            ["45 s", "2 min", "1 h 20 min"]
        );
    }

    #[test]
    fn places_have_their_endings() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 21, 112].map(ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th"]
        );
    }

    #[test]
    fn long_words_are_cut_between_words() {
        assert_eq!(brief("make the sky\nbluer", 40), "make the sky bluer");
        assert_eq!(brief("make the sky bluer", 10), "make the…");
        assert_eq!(brief(&"é".repeat(50), 10), format!("{}…", "é".repeat(10)));
    }
}
