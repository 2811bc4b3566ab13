//! The last words on a connection, when no handler speaks: refused at the door, or cut in the middle of a head.
//!
//! Rule: an answer is given a fair chance to arrive. Closing a socket that still holds unread bytes makes the kernel reset
//! it, and the other side loses the answer; so we say that we are done, then read away for a bounded while.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The answer to a connection for which there is no room.
pub(super) const FULL: &str = concat!(
    "HTTP/1.1 503 Service Unavailable\r\n",
    "Retry-After: 5\r\n",
    "Content-Length: 67\r\n",
    "Content-Type: text/plain; charset=utf-8\r\n",
    "Cache-Control: no-store\r\n",
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'\r\n",
    "X-Content-Type-Options: nosniff\r\n",
    "Referrer-Policy: no-referrer\r\n",
    "Connection: close\r\n",
    "\r\n",
    "There are too many connections just now. Try again in a few moments",
);

/// The answer to a request whose head didn't come in time.
pub(super) const TOO_SLOW: &str = concat!(
    "HTTP/1.1 408 Request Timeout\r\n",
    "Content-Length: 39\r\n",
    "Content-Type: text/plain; charset=utf-8\r\n",
    "Cache-Control: no-store\r\n",
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'\r\n",
    "X-Content-Type-Options: nosniff\r\n",
    "Referrer-Policy: no-referrer\r\n",
    "Connection: close\r\n",
    "\r\n",
    "The request didn't arrive in time. Bye.",
);

/// Says `words` if there are any, then closes as softly as `patience` allows.
pub(super) async fn say_goodbye(mut stream: TcpStream, words: &str, patience: Duration) {
    let parting = async {
        if !words.is_empty() {
            stream.write_all(words.as_bytes()).await?;
        }
        stream.shutdown().await?;
        let mut scrap = [0; 4096];
        while stream.read(&mut scrap).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Whatever went wrong here, the connection is over and nobody is left to tell.
    let _over = timeout(patience, parting).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_at_the_door_announce_their_own_length() {
        for answer in [FULL, TOO_SLOW] {
            let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
            assert!(
                head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())),
                "{} in {head}",
                body.len()
            );
        }
    }
}
