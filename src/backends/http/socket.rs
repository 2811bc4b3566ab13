//! A WebSocket that is only listened to: what a service tells while it works.
//!
//! Rule: messages are bounded, and whatever is wrong with the line simply ends it, since what is told here is never the
//! result. Opened by [`super::Outbound::listen`], read by the backends that have one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    StatusCode, Upgraded,
    header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{Outbound, Url, reason};
use crate::random;

/// No message is longer.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text, as UTF-8.
    Text(Vec<u8>),
    /// Bytes.
    Binary(Vec<u8>),
}

/// An open line; closed by dropping it.
pub struct Socket {
    line: Upgraded,
    frames: Frames,
}

impl Outbound {
    /// Opens a line at this address (http or https); none when the service has none to give just now.
    pub async fn listen(&self, url: Url) -> Option<Socket> {
        let mut bits = [0; 16];
        random::fill(&mut bits);
        let request = self
            .lines
            .get(url)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, STANDARD.encode(bits));
        let opened = timeout(self.limits.connect, async {
            let response = request.send().await?;
            match response.status() {
                StatusCode::SWITCHING_PROTOCOLS => response.upgrade().await.map(Some),
                _ => Ok(None),
            }
        });
        match opened.await {
            Ok(Ok(line)) => line.map(|line| Socket {
                line,
                frames: Frames::default(),
            }),
            Ok(Err(error)) => {
                tracing::info!(reason = reason(error), "a backend's line did not open");
                None
            }
            Err(_) => None,
        }
    }
}

impl Socket {
    /// The next message; none when the line has ended. May be dropped and asked again.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            match self.frames.next() {
                Ok(Some(Told::Message(message))) => return Some(message),
                Ok(Some(Told::Ping(words))) => self.line.write_all(&pong(&words)).await.ok()?,
                Ok(None) => {
                    if self.line.read_buf(&mut self.frames.bytes).await.ok()? == 0 {
                        return None;
                    }
                }
                Err(Ended) => return None,
            }
        }
    }
}

/// The line is over, politely or not.
#[derive(Debug, PartialEq, Eq)]
struct Ended;

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Message(Message),
    Ping(Vec<u8>),
}

/// Bytes that came in, cut into messages.
#[derive(Debug, Default)]
struct Frames {
    bytes: Vec<u8>,
    /// A message whose last frame has not come: whether it is text, and what there is of it.
    begun: Option<(bool, Vec<u8>)>,
}

impl Frames {
    fn next(&mut self) -> Result<Option<Told>, Ended> {
        while let Some((last, kind, content)) = self.frame()? {
            match kind {
                0 => self.begun.as_mut().ok_or(Ended)?.1.extend_from_slice(&content),
                1 | 2 => self.begun = Some((kind == 1, content)),
                9 => return Ok(Some(Told::Ping(content))),
                10 => continue,
                _ => return Err(Ended),
            }
            if self
                .begun
                .as_ref()
                .is_some_and(|(_, content)| content.len() > MOST_BYTES)
            {
                return Err(Ended);
            }
            if last && let Some((is_text, content)) = self.begun.take() {
                let message = if is_text { Message::Text } else { Message::Binary };
                return Ok(Some(Told::Message(message(content))));
            }
        }
        Ok(None)
    }

    /// One frame, once it is whole: whether it ends its message, what kind it is, what is in it.
    fn frame(&mut self) -> Result<Option<(bool, u8, Vec<u8>)>, Ended> {
        let [first, second, rest @ ..] = self.bytes.as_slice() else {
            return Ok(None);
        };
        // Reserved bits and a mask have no place in what a server says to us.
        if first & 0x70 != 0 || second & 0x80 != 0 {
            return Err(Ended);
        }
        let (head, length) = match second {
            126 => match rest {
                [a, b, ..] => (4, u64::from(u16::from_be_bytes([*a, *b]))),
                _ => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(length) => (10, u64::from_be_bytes(*length)),
                None => return Ok(None),
            },
            short => (2, u64::from(*short)),
        };
        let length = usize::try_from(length).ok().filter(|n| *n <= MOST_BYTES).ok_or(Ended)?;
        let (last, kind) = (first & 0x80 != 0, first & 0x0f);
        if self.bytes.len() < head + length {
            return Ok(None);
        }
        let after = self.bytes.split_off(head + length);
        let content = std::mem::replace(&mut self.bytes, after).split_off(head);
        Ok(Some((last, kind, content)))
    }
}

/// The answer to a ping, masked as a client's frames must be.
fn pong(words: &[u8]) -> Vec<u8> {
    let words = &words[..words.len().min(125)];
    let mut mask = [0; 4];
    random::fill(&mut mask);
    let length = u8::try_from(words.len()).unwrap_or(0);
    let mut frame = vec![0x8a, 0x80 | length];
    frame.extend_from_slice(&mask);
    frame.extend(words.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> (Vec<Told>, bool) {
        let (mut frames, mut told) = (Frames::default(), Vec::new());
        for piece in pieces {
            frames.bytes.extend_from_slice(piece);
            loop {
                match frames.next() {
                    Ok(Some(one)) => told.push(one),
                    Ok(None) => break,
                    Err(Ended) => return (told, true),
                }
            }
        }
        (told, false)
    }

    #[test]
    fn messages_are_read_however_they_are_cut() {
        let long = vec![7; 300];
        let mut sent = vec![
            0x81, 2, b'h', b'i', 0x01, 1, b'a', 0x89, 1, b'p', 0x80, 1, b'b', 0x82, 126, 1, 44,
        ];
        sent.extend_from_slice(&long);
        sent.extend_from_slice(&[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0x88, 0]);
        let expected = vec![
            Told::Message(Message::Text(b"hi".to_vec())),
            Told::Ping(b"p".to_vec()),
            Told::Message(Message::Text(b"ab".to_vec())),
            Told::Message(Message::Binary(long)),
            Told::Message(Message::Binary(vec![9])),
        ];
        for cut in 0..=sent.len() {
            let (a, b) = sent.split_at(cut);
            assert_eq!(read(&[a, b]), (read(&[&sent]).0, true), "cut at {cut}");
        }
        assert_eq!(read(&[&sent]).0, expected);
    }

    #[test]
    fn rel_backend_01_what_is_too_long_or_odd_ends_the_line() {
        for sent in [
            &[0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0][..],
            &[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255],
            &[0x80, 1, b'x'],
            &[0xc1, 0],
            &[0x81, 0x80, 0, 0, 0, 0],
            &[0x83, 0],
        ] {
            assert_eq!(read(&[sent]), (Vec::new(), true), "{sent:?}");
        }
    }

    #[test]
    fn a_pong_says_what_the_ping_said_behind_a_mask() {
        let frame = pong(b"are you there");
        assert_eq!(frame[..2], [0x8a, 0x80 | 13]);
        let said: Vec<u8> = frame[6..]
            .iter()
            .zip(frame[2..6].iter().cycle())
            .map(|(a, b)| a ^ b)
            .collect();
        assert_eq!(said, b"are you there");
    }
}
