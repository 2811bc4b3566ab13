//! Where log lines go: to stderr, each on one line of its own.
//!
//! Rule: nobody outside can write a line of the log. Line ends inside an event are escaped, and a panic says where it
//! happened but none of the data it was about. Set up by `serve`.

use std::{
    io::{self, Stderr, Write},
    panic,
};

/// Writes events to `W`, which come one a call: a line end inside becomes `\n`.
pub struct OneLine<W>(W);

/// The log's destination.
pub fn to_stderr() -> OneLine<Stderr> {
    OneLine(io::stderr())
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event);
        let mut line = Vec::with_capacity(event.len() + 8);
        for byte in text {
            match byte {
                b'\n' => line.extend(b"\\n"),
                b'\r' => line.extend(b"\\r"),
                byte => line.push(*byte),
            }
        }
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Makes a panic one line of the log. A message that was put together may quote what somebody sent, so only one that
/// stands in the source is told.
pub fn panics_too() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload().downcast_ref::<&'static str>().copied();
        tracing::error!(
            place,
            message = message.unwrap_or("a panic; its message is kept back, because it may quote what somebody sent")
        );
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_key_03_an_event_is_one_line_whatever_is_in_it() {
        let mut seen = Vec::new();
        OneLine(&mut seen)
            .write_all(b"INFO a request\r\nINFO somebody signed in\n")
            .expect("written");
        assert_eq!(seen, b"INFO a request\\r\\nINFO somebody signed in\n");
    }
}
