//! Money, in millionths of a US dollar, as services charge it.
//!
//! Rule: whole numbers inside; dollars only where a person writes or reads them. Read by `config`, summed by `store`, told
//! by `web`.

use std::{fmt, str::FromStr};

/// Millionths of a US dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub u64);

/// Not an amount of dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is in dollars, as 20 or 0.50")]
pub struct BadAmount;

impl fmt::Display for Micros {
    /// "$3.10"; "$0.004" below a cent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.saturating_add(5_000) / 10_000;
        if self.0 == 0 || cents > 0 {
            write!(f, "${}.{:02}", cents / 100, cents % 100)
        } else {
            write!(f, "$0.{:03}", (self.0.saturating_add(500) / 1000).max(1))
        }
    }
}

impl FromStr for Micros {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let text = text.trim().trim_start_matches('$');
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || part.len() > 6 || !digits(whole) || !digits(part) {
            return Err(BadAmount);
        }
        let millionths = format!("{part:0<6}");
        let parse = |text: &str| text.parse::<u64>().map_err(|_| BadAmount);
        Ok(Self(parse(whole)? * 1_000_000 + parse(&millionths)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_and_told_as_people_write_them() {
        for (text, micros, told) in [
            ("20", 20_000_000, "$20.00"),
            ("0.5", 500_000, "$0.50"),
            ("$0.0336", 33_600, "$0.03"),
            ("0.004", 4_000, "$0.004"),
            ("0.0000001", 0, ""),
            ("0", 0, "$0.00"),
        ] {
            match text.parse::<Micros>() {
                Ok(amount) => assert_eq!((amount.0, amount.to_string().as_str()), (micros, told), "{text}"),
                Err(BadAmount) => assert_eq!(told, "", "{text}"),
            }
        }
        for odd in ["", "-1", "1e3", "1.", "ten", "1,50", ".5", "9999999999"] {
            let read = odd.parse::<Micros>();
            assert_eq!(read.is_ok(), odd == "1.", "{odd}");
        }
    }
}
