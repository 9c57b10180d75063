//! A load generator's HTTP/1.1: one kept connection, as little work as possible, so that the server is what is measured.

use anyhow::{Context as _, bail};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head as text, from the status line on.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value; names are compared without case.
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// Every value of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A kept connection; opens itself again when the server closed it.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// Not connected yet.
    pub fn new(address: SocketAddr) -> Connection {
        Connection { address, stream: None, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let (head_end, length, status) = self.exchange(request).await?;
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let body = self.buffer[head_end..head_end + length].to_vec();
        Ok(Answer { status, head, body })
    }

    /// The same, keeping only the status: for the hot loops.
    pub async fn status(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        Ok(self.exchange(request).await?.2)
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<(usize, usize, u16)> {
        let fresh = self.stream.is_none();
        match self.try_exchange(request).await {
            Ok(found) => Ok(found),
            // The server may close an idle connection at any moment; a new one decides.
            Err(_) if !fresh => {
                self.stream = None;
                self.try_exchange(request).await
            }
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    async fn try_exchange(&mut self, request: &[u8]) -> anyhow::Result<(usize, usize, u16)> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            empty => {
                let stream = TcpStream::connect(self.address).await.context("connect")?;
                stream.set_nodelay(true)?;
                empty.insert(stream)
            }
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let mut wanted = None;
        loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection ended early");
            }
            if wanted.is_none() {
                wanted = head(&self.buffer)?;
            }
            if let Some(head) = &wanted
                && self.buffer.len() >= head.end + head.length
            {
                let (end, length, status) = (head.end, head.length, head.status);
                if head.close {
                    self.stream = None;
                }
                return Ok((end, length, status));
            }
        }
    }
}

struct Head {
    end: usize,
    length: usize,
    status: u16,
    close: bool,
}

/// The head, once it is whole. Answers with a length only: the portal's pages have one.
fn head(buffer: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&buffer[..end]).context("head")?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("status")?;
    let mut length = None;
    let mut close = false;
    for (name, value) in text.lines().skip(1).filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
        } else if name.eq_ignore_ascii_case("connection") {
            close = value.trim().eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("an answer without a length cannot be measured");
        }
    }
    let length = length.unwrap_or(0);
    Ok(Some(Head { end: end + 4, length, status, close }))
}
