//! Server-sent events of any service: bytes in, events out, however the network cuts them.
//!
//! Rule: an event may be as large as a picture and no larger than an answer may be, and how the bytes were cut never
//! changes what is read. Made by [`super::Outbound::open`], read by the backends that stream.

use std::{collections::VecDeque, time::Duration};

use reqwest::Response;
use tokio::time::{Instant, timeout, timeout_at};

use super::{bad_answer, or_cancelled, reason};
use crate::backends::{BackendError, Watch};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What its sender calls it; empty when it doesn't.
    pub name: String,
    /// What it says: its `data` lines, joined by line feeds.
    pub data: Vec<u8>,
}

/// An answer that comes in events.
pub struct Events {
    response: Response,
    reader: Reader,
    /// The longest silence, comments not counted as such.
    quiet: Duration,
    until: Instant,
    /// How many bytes may still come.
    room: usize,
    ended: bool,
}

impl Events {
    /// Many events (previews, above all) may each be as large as one answer.
    const ANSWERS: usize = 4;

    pub(super) fn new(response: Response, quiet: Duration, until: Instant, most_bytes: usize) -> Self {
        Self {
            response,
            reader: Reader::new(most_bytes),
            quiet,
            until,
            room: most_bytes.saturating_mul(Self::ANSWERS),
            ended: false,
        }
    }

    /// The next event; none when the service has said all.
    ///
    /// # Errors
    /// `TimedOut` at the deadline or when nothing comes any more, `BadAnswer` when it breaks off or is too long,
    /// `Cancelled` with the watch.
    pub async fn next(&mut self, watch: &Watch) -> Result<Option<Event>, BackendError> {
        let until = self.until;
        or_cancelled(watch, async {
            timeout_at(until, self.read())
                .await
                .unwrap_or(Err(BackendError::TimedOut))
        })
        .await
    }

    async fn read(&mut self) -> Result<Option<Event>, BackendError> {
        loop {
            if let Some(event) = self.reader.next() {
                return Ok(Some(event));
            }
            if self.ended {
                return Ok(None);
            }
            let chunk = match timeout(self.quiet, self.response.chunk()).await {
                Err(_) => return Err(BackendError::TimedOut),
                Ok(Err(error)) => return Err(bad_answer(format!("its events broke off: {}", reason(error)))),
                Ok(Ok(chunk)) => chunk,
            };
            match chunk {
                Some(chunk) => {
                    self.room = self.room.checked_sub(chunk.len()).ok_or_else(too_long)?;
                    self.reader.push(&chunk).map_err(|TooLong| too_long())?;
                }
                None => {
                    self.ended = true;
                    self.reader.end();
                }
            }
        }
    }
}

/// An event is longer than an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooLong;

/// Cuts bytes into events.
#[derive(Debug)]
struct Reader {
    /// The line that has begun.
    line: Vec<u8>,
    /// A carriage return ended the last line, so that a line feed right after it ends nothing.
    after_return: bool,
    begun: Event,
    /// Whether `begun` has a `data` line, if only an empty one.
    has_data: bool,
    whole: VecDeque<Event>,
    most_bytes: usize,
}

impl Reader {
    fn new(most_bytes: usize) -> Self {
        Self {
            line: Vec::new(),
            after_return: false,
            begun: Event::default(),
            has_data: false,
            whole: VecDeque::new(),
            most_bytes,
        }
    }

    fn push(&mut self, mut bytes: &[u8]) -> Result<(), TooLong> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.extend(bytes);
            };
            self.extend(&bytes[..end])?;
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line();
        }
        Ok(())
    }

    /// The stream is over: an event whose last line has ended counts, though no blank line follows.
    fn end(&mut self) {
        if self.line.is_empty() {
            self.end_event();
        }
    }

    fn next(&mut self) -> Option<Event> {
        self.whole.pop_front()
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.begun.data.len() + bytes.len() > self.most_bytes {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.end_event();
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, rest) = line.split_at(colon);
        let value = rest.strip_prefix(b":").unwrap_or(rest);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field) {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.begun.data.push(b'\n');
                }
                self.begun.data.extend_from_slice(value);
            }
            b"event" => self.begun.name = String::from_utf8_lossy(value).into_owned(),
            // Comments (nothing before the colon), ids and words of tomorrow.
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let event = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.has_data) {
            self.whole.push_back(event);
        }
    }
}

fn too_long() -> BackendError {
    bad_answer("its events are longer than an answer may be")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut reader = Reader::new(1 << 20);
        for piece in pieces {
            reader.push(piece).expect("short");
        }
        reader.end();
        std::iter::from_fn(|| reader.next())
            .map(|event| (event.name, String::from_utf8(event.data).expect("text")))
            .collect()
    }

    const STREAM: &str = "\u{feff}: hello\r\n\r\nevent: a\r\ndata: one\ndata:two\rdata\n\nid: 7\nretry: 3\n\n\
        : OPENROUTER PROCESSING\n\ndata: {\"x\": \"y: z\"}\r\rdata:  [DONE]\n\nevent: lost\n\n";

    #[test]
    fn names_comments_line_ends_and_several_data_lines_are_read() {
        let expected = [("a", "one\ntwo\n"), ("", "{\"x\": \"y: z\"}"), ("", " [DONE]")];
        let read = read(&[STREAM.as_bytes()]);
        let read: Vec<(&str, &str)> = read.iter().map(|(name, data)| (name.as_str(), data.as_str())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_stream_cut_at_any_byte_reads_the_same() {
        let whole = read(&[STREAM.as_bytes()]);
        for cut in 0..=STREAM.len() {
            let (a, b) = STREAM.as_bytes().split_at(cut);
            assert_eq!(read(&[a, b]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(read(&bytes), whole, "one byte at a time");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_back_however_it_is_cut(
            events in prop::collection::vec(("[a-z_.]{0,8}", prop::collection::vec("[^\r\n]{0,40}", 1..4)), 0..6),
            ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n"]), 64),
            comments in prop::collection::vec(any::<bool>(), 64),
            cuts in prop::collection::vec(1..50_usize, 0..40),
        ) {
            let mut ends = ends.iter().cycle();
            let mut comments = comments.iter().cycle();
            let mut sent = String::new();
            let mut line = |sent: &mut String, text: &str| {
                if *comments.next().unwrap() {
                    sent.push_str(": nothing");
                    sent.push_str(ends.next().unwrap());
                }
                sent.push_str(text);
                sent.push_str(ends.next().unwrap());
            };
            for (name, data) in &events {
                if !name.is_empty() {
                    line(&mut sent, &format!("event: {name}"));
                }
                data.iter().for_each(|text| line(&mut sent, &format!("data: {text}")));
                line(&mut sent, "");
            }
            let mut pieces = Vec::new();
            let mut rest = sent.as_bytes();
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            pieces.push(rest);
            let expected: Vec<(String, String)> =
                events.into_iter().map(|(name, data)| (name, data.join("\n"))).collect();
            prop_assert_eq!(read(&pieces), expected);
        }
    }

    #[test]
    fn rel_backend_01_an_event_without_end_is_refused_as_it_comes() {
        let mut reader = Reader::new(1000);
        assert_eq!(reader.push(&[b'A'; 1000]), Ok(()));
        assert_eq!(reader.push(b"A"), Err(TooLong));
        let mut reader = Reader::new(1000);
        let taken = (0..2000).take_while(|_| reader.push(b"data: AAAA\n").is_ok()).count();
        assert!((100..250).contains(&taken), "many lines of one event, too: {taken}");
    }

    #[test]
    fn a_megabyte_in_small_pieces_is_one_event() {
        let mut reader = Reader::new(2 << 20);
        reader.push(b"data: ").expect("short");
        for _ in 0..1024 {
            reader.push(&[b'A'; 1024]).expect("short");
        }
        reader.push(b"\n\n").expect("short");
        assert_eq!(reader.next().map(|event| event.data.len()), Some(1 << 20));
    }
}
