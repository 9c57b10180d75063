//! Opening a connection to a mail server: plain, TLS from the first byte, or STARTTLS.
//!
//! STARTTLS is done here and not by `lettre`, which keeps octets that came in clear before TLS began and later reads
//! them as if they had been protected (response injection, the fault class of CVE-2011-0411). Here anything that
//! follows an answer before its question was asked ends the connection.

use super::pool::Failure;
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// The longest answer before TLS (RFC 5321 section 4.5.3.1.5 allows 512 octets a line; extensions are some lines).
const LONGEST_ANSWER: usize = 8 * 1024;

/// What stands for the greeting after STARTTLS, when the server has greeted already and does not do it again.
const GREETED: &[u8] = b"220 greeted before TLS\r\n";

/// How the connection is protected.
pub(super) enum Protection {
    None,
    Starttls(TlsConnector),
    Implicit(TlsConnector),
}

/// Opens a connection that begins with a greeting.
pub(super) async fn open(
    host: &str,
    port: u16,
    hello_name: &str,
    protection: &Protection,
) -> Result<Box<dyn AsyncTokioStream>, Failure> {
    let tcp = TcpStream::connect((host, port)).await.map_err(|_| Failure::Broken)?;
    let _ = tcp.set_nodelay(true);
    let name = || ServerName::try_from(host.to_owned()).map_err(|_| Failure::Tls);
    Ok(match protection {
        Protection::None => Box::new(tcp),
        Protection::Implicit(connector) => {
            let stream = connector.connect(name()?, tcp).await.map_err(|_| Failure::Tls)?;
            Box::new(Greeted { stream, greeting: &[] })
        }
        Protection::Starttls(connector) => {
            let tcp = ask_for_tls(tcp, hello_name).await?;
            let stream = connector.connect(name()?, tcp).await.map_err(|_| Failure::Tls)?;
            Box::new(Greeted { stream, greeting: GREETED })
        }
    })
}

/// The dialogue in clear up to the point where TLS begins (RFC 3207 section 4).
async fn ask_for_tls(mut tcp: TcpStream, hello_name: &str) -> Result<TcpStream, Failure> {
    expect(&mut tcp, "220").await?;
    tcp.write_all(format!("EHLO {hello_name}\r\n").as_bytes()).await.map_err(|_| Failure::Broken)?;
    let offers = expect(&mut tcp, "250").await?;
    if !offers
        .lines()
        .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")))
    {
        return Err(Failure::NoStarttls);
    }
    tcp.write_all(b"STARTTLS\r\n").await.map_err(|_| Failure::Broken)?;
    expect(&mut tcp, "220").await?;
    Ok(tcp)
}

/// Reads one answer, which must begin with this code and be followed by nothing.
async fn expect(tcp: &mut TcpStream, code: &str) -> Result<String, Failure> {
    let mut octets = Vec::new();
    loop {
        match answer_length(&octets) {
            Some(length) if length < octets.len() => return Err(Failure::Nonsense),
            Some(_) => break,
            None if octets.len() > LONGEST_ANSWER => return Err(Failure::Nonsense),
            None => {}
        }
        if tcp.read_buf(&mut octets).await.map_err(|_| Failure::Broken)? == 0 {
            return Err(Failure::Broken);
        }
    }
    let answer = String::from_utf8_lossy(&octets).into_owned();
    if answer.starts_with(code) { Ok(answer) } else { Err(Failure::Nonsense) }
}

/// The length of the first whole answer, if there is one: lines of `250-…` up to one without the hyphen.
pub(super) fn answer_length(octets: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let end = at + octets.get(at..)?.windows(2).position(|pair| pair == b"\r\n")? + 2;
        if octets.get(at + 3) != Some(&b'-') {
            return Some(end);
        }
        at = end;
    }
}

/// A TLS stream before which a greeting is read that came in clear.
#[derive(Debug)]
struct Greeted {
    stream: TlsStream<TcpStream>,
    greeting: &'static [u8],
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_at_the_line_without_a_hyphen() {
        assert_eq!(answer_length(b"220 hi\r\n"), Some(8));
        assert_eq!(answer_length(b"250-a\r\n250 b\r\nmore"), Some(14));
        assert_eq!(answer_length(b"250-a\r\n250 b"), None);
        assert_eq!(answer_length(b"250-a\r\n"), None);
        assert_eq!(answer_length(b"\r\n"), Some(2));
        assert_eq!(answer_length(b""), None);
    }
}
