//! The words of a turn.
//!
//! Rule: an [`Instruction`] is never empty, never over its limit, and its line ends are LF. Parsed at the
//! door by `web` and `cli`, trusted everywhere inside.

use std::fmt;

/// What a person asked for: 1 to [`Instruction::MAX_CHARS`] characters, trimmed, line ends LF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction(String);

/// The text can't be an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstructionError {
    /// Nothing but white space.
    #[error("Say what to change.")]
    Empty,
    /// Over the limit.
    #[error("An instruction has at most 4,000 characters; this one has {0}.")]
    TooLong(usize),
}

impl Instruction {
    /// The longest instruction, in characters.
    pub const MAX_CHARS: usize = 4_000;

    /// Trims `text`, turns CRLF and CR into LF (text areas send CRLF), drops other control characters.
    ///
    /// # Errors
    /// [`InstructionError`] when nothing is left or it is too long.
    pub fn parse(text: &str) -> Result<Self, InstructionError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect();
        let text = text.trim();
        match text.chars().count() {
            0 => Err(InstructionError::Empty),
            n if n > Self::MAX_CHARS => Err(InstructionError::TooLong(n)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_lf_and_control_characters_go() {
        assert_eq!(
            Instruction::parse(" a\r\nb\rc\0 ").map(|i| i.to_string()),
            Ok("a\nb\nc".into())
        );
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(Instruction::parse(&"é".repeat(4_000)).is_ok());
        assert_eq!(
            Instruction::parse(&"é".repeat(4_001)),
            Err(InstructionError::TooLong(4_001))
        );
        assert_eq!(Instruction::parse("\r\n "), Err(InstructionError::Empty));
    }
}
