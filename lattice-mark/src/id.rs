//! What a mark says: 64 bits. What they mean is the caller's affair.
//!
//! The one rule: as text they are 64 characters 0 and 1, the highest bit first.

use std::fmt;
use std::str::FromStr;

/// The 64 bits a mark carries. Written as 64 characters 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);

/// The text isn't 64 characters 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 64 characters 0 and 1")]
pub struct NotAnId;

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:064b}", self.0)
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0' | b'1')) {
            return Err(NotAnId);
        }
        u64::from_str_radix(text, 2).map(Self).map_err(|_| NotAnId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_anything_else_is_refused() {
        for id in [0, 1, u64::MAX, 0x8000_0000_0000_0001].map(Id) {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert_eq!(format!("{}", Id(1 << 63)), format!("1{}", "0".repeat(63)));
        for text in ["", "01", &"2".repeat(64), &"+1".repeat(32), &"0".repeat(65)] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId));
        }
    }
}
