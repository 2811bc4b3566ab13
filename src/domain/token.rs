//! Tokens: the secrets behind share links, cookies and the JSON interface.
//!
//! Rule: a token is 256 random bits and can't be printed by accident; what is stored and compared is its SHA-256.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 secret bits, written as 43 characters of base64url.
#[derive(Clone)]
pub struct Token(String);

/// The SHA-256 of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// The token of these bits, which must come from the operating system.
    #[must_use]
    pub fn from_bits(bits: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bits))
    }

    /// Reads a token; `None` for anything that is not 43 characters of base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bits.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The token itself, for the one time it is told.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(••••)")
    }
}

impl TokenHash {
    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_prints_as_dots() {
        let token = Token::from_bits([7; 32]);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(Token::parse(token.expose()).map(|t| t.hash()), Some(token.hash()));
        assert!(!format!("{token:?}").contains(token.expose()));
        for bad in ["", "short", &"!".repeat(43), &"A".repeat(44)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }
}
