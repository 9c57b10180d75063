//! One connection to the mail server: lines, the letter, TLS in the middle.

use super::dialogue::{Dialogue, Then};
use super::{LARGEST_LETTER, NAME, deliver};
use crate::faults::Hit;
use crate::system::World;
use bytes::{Buf, BytesMut};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// The longest line (RFC 5321 section 4.5.3.1.6, with room for long AUTH lines).
const LONGEST_LINE: usize = 12 * 1024;

/// A client that says nothing for this long is dropped (RFC 5321 section 4.5.3.2.7).
const QUIET: Duration = Duration::from_secs(300);

/// How a stretch of the dialogue ended.
enum Ended {
    Closed,
    WantsTls,
}

/// Serves one connection to its end.
pub(super) async fn serve(world: World, acceptor: TlsAcceptor, stream: TcpStream) {
    let mut plain = Wire { stream, buffer: BytesMut::new() };
    if plain.write(b"220 stand ESMTP Pristan stand\r\n").await.is_none() {
        return;
    }
    if !matches!(talk(&world, &mut plain, Dialogue::default()).await, Some(Ended::WantsTls)) {
        return;
    }
    // Anything that came in clear before TLS began is thrown away (RFC 3207 section 5, CVE-2011-0411).
    let Ok(stream) = acceptor.accept(plain.stream).await else { return };
    let mut encrypted = Wire { stream, buffer: BytesMut::new() };
    talk(&world, &mut encrypted, Dialogue::encrypted()).await;
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    world: &World,
    wire: &mut Wire<S>,
    mut dialogue: Dialogue,
) -> Option<Ended> {
    loop {
        let line = wire.line().await?;
        // Faults strike where a letter begins; a refusal or nonsense there costs the client that letter.
        let begins = line.len() >= 5 && line.as_bytes()[..5].eq_ignore_ascii_case(b"MAIL ");
        match if begins { world.faults.draw(NAME) } else { Hit::None } {
            Hit::Outage => return None,
            Hit::Refuse => {
                wire.write(b"451 4.3.0 Not now\r\n").await?;
                continue;
            }
            Hit::Garbage => {
                let noise: [u8; 24] = world.rng.fork().bytes();
                wire.write(&noise).await?;
                wire.write(b"\xff\xfe not a reply\r\n").await?;
                continue;
            }
            Hit::Delay(span) => tokio::time::sleep(span.to_std()).await,
            Hit::None | Hit::Duplicate => {}
        }
        let (answer, then) = dialogue.line(&line);
        wire.write(answer.as_bytes()).await?;
        match then {
            Then::Continue => {}
            Then::Close => return Some(Ended::Closed),
            Then::StartTls => return Some(Ended::WantsTls),
            Then::ReadLetter => {
                let letter = wire.letter().await?;
                let recipients = dialogue.take_recipients();
                let answer: &[u8] = match letter {
                    Some(raw) => {
                        let twice = world.faults.get(NAME).mode == crate::faults::Mode::Duplicate;
                        deliver(world, &recipients, &raw, if twice { 2 } else { 1 });
                        b"250 2.0.0 Taken\r\n"
                    }
                    None => b"552 5.3.4 Too large\r\n",
                };
                wire.write(answer).await?;
            }
        }
    }
}

/// A connection with what was read ahead. `None` means that it is over.
struct Wire<S> {
    stream: S,
    buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    async fn write(&mut self, octets: &[u8]) -> Option<()> {
        self.stream.write_all(octets).await.ok()?;
        self.stream.flush().await.ok()
    }

    async fn more(&mut self) -> Option<()> {
        let count = timeout(QUIET, self.stream.read_buf(&mut self.buffer)).await.ok()?.ok()?;
        (count > 0).then_some(())
    }

    /// The next line without its end; octets that are no UTF-8 are replaced.
    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.advance(end + 2);
                return Some(line);
            }
            if self.buffer.len() > LONGEST_LINE {
                return None;
            }
            self.more().await?;
        }
    }

    /// A letter up to the line with a dot, dots undone (RFC 5321 section 4.5.2); `Some(None)` when it is too large.
    async fn letter(&mut self) -> Option<Option<Vec<u8>>> {
        let mut letter = Vec::new();
        let mut too_large = false;
        loop {
            let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") else {
                if self.buffer.len() > LARGEST_LETTER {
                    return None;
                }
                self.more().await?;
                continue;
            };
            let line = self.buffer.split_to(end + 2);
            if &line[..] == b".\r\n" {
                return Some((!too_large).then_some(letter));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_large |= letter.len() + line.len() > LARGEST_LETTER;
            if !too_large {
                letter.extend_from_slice(line);
            }
        }
    }
}
