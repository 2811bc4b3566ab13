//! Ids and tokens: everything that must not be guessed or repeat.
//!
//! Rule: the only place that makes ids or asks the operating system for random bits (`clippy.toml` holds it).

use uuid::{NoContext, Timestamp, Uuid};

use crate::domain::{time::Moment, token::Token};

/// A fresh UUID v7: sorts by `now`, the rest is random.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the door to fresh ids")]
pub fn uuid(now: Moment) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(NoContext, millis / 1000, nanos))
}

/// A fresh token.
///
/// # Panics
/// When the operating system has no random bits to give: nothing safe can be done then.
#[must_use]
pub fn token() -> Token {
    let mut bits = [0; 32];
    fill(&mut bits);
    Token::from_bits(bits)
}

/// Random bits from the operating system.
///
/// # Panics
/// As [`token`].
#[expect(clippy::disallowed_methods, reason = "this is the door to random bits")]
pub fn fill(bits: &mut [u8]) {
    getrandom::fill(bits).expect("the operating system gives random bits");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn sec_share_01_tokens_are_256_random_bits_in_base64url() {
        let tokens: HashSet<String> = (0..100_000).map(|_| token().expose().to_owned()).collect();
        assert_eq!(tokens.len(), 100_000, "no repeat");
        let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(tokens.iter().all(|t| t.len() == 43 && t.chars().all(alphabet)));
        // No sequence or time inside: every position but the last (which holds 4 bits) takes on all 64 characters.
        for place in 0..42 {
            let seen: HashSet<u8> = tokens.iter().map(|t| t.as_bytes()[place]).collect();
            assert_eq!(seen.len(), 64, "position {place}");
        }
    }

    #[test]
    fn ids_sort_by_their_moment() {
        let (early, late) = (
            uuid(Moment::from_millis(1_000_000)),
            uuid(Moment::from_millis(1_000_001)),
        );
        assert!(early < late);
    }
}
