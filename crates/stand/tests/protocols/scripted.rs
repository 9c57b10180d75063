//! The SMPP gateway against a centre that follows a script: what it must answer, and what must not hurt it.

use crate::support::*;
use gateway::Health;
use gateway::sms::SmsGateway;
use gateway::sms::smpp::{SmppConfig, SmppGateway};
use kernel::{Rng, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

struct Script {
    listener: TcpListener,
}

/// Command id, status, sequence number and body of one PDU.
type Raw = (u32, u32, u32, Vec<u8>);

impl Script {
    async fn open() -> (Script, SmppConfig) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let config = SmppConfig {
            port,
            system_id: "x".into(),
            password: Secret::new("y".into()),
            response_timeout_seconds: 1,
            reconnect_min_millis: 5,
            reconnect_max_millis: 20,
            ..SmppConfig::default()
        };
        (Script { listener }, config)
    }

    /// Accepts a connection and its bind.
    async fn bound(&self) -> TcpStream {
        let (mut stream, _) = soon(self.listener.accept()).await.expect("accepted");
        let (id, _, sequence, _) = read(&mut stream).await.expect("a bind");
        assert_eq!(id, 0x0000_0009, "bind_transceiver");
        write(&mut stream, (0x8000_0009, 0, sequence, b"script\0".to_vec())).await;
        stream
    }
}

async fn read(stream: &mut TcpStream) -> Option<Raw> {
    let mut header = [0; 16];
    soon(stream.read_exact(&mut header)).await.ok()?;
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let mut body = vec![0; word(0) as usize - 16];
    soon(stream.read_exact(&mut body)).await.ok()?;
    Some((word(4), word(8), word(12), body))
}

async fn write(stream: &mut TcpStream, (id, status, sequence, body): Raw) {
    let mut octets = Vec::new();
    for word in [body.len() as u32 + 16, id, status, sequence] {
        octets.extend_from_slice(&word.to_be_bytes());
    }
    octets.extend(body);
    let _ = stream.write_all(&octets).await;
}

async fn up(gateway: &SmppGateway) {
    until(|| gateway.health() == Health::Up).await;
}

#[tokio::test]
async fn it_answers_what_must_be_answered() {
    let (script, config) = Script::open().await;
    let (gateway, _receipts) = start(config);
    let mut stream = script.bound().await;
    up(&gateway).await;
    write(&mut stream, (0x15, 0, 77, vec![])).await;
    assert_eq!(read(&mut stream).await, Some((0x8000_0015, 0, 77, vec![])), "enquire_link");
    write(&mut stream, (0x7777, 0, 78, vec![1, 2, 3])).await;
    assert_eq!(read(&mut stream).await, Some((0x8000_0000, 3, 78, vec![])), "generic_nack for the unknown");
    write(&mut stream, (0x05, 0, 79, vec![0xff; 40])).await;
    assert_eq!(
        read(&mut stream).await,
        Some((0x8000_0000, 2, 79, vec![])),
        "generic_nack for the unreadable"
    );
    write(&mut stream, (0x06, 0, 80, vec![])).await;
    assert_eq!(read(&mut stream).await, Some((0x8000_0006, 0, 80, vec![])), "unbind");
    let _again = script.bound().await;
    up(&gateway).await;
}

#[tokio::test]
async fn it_says_goodbye_when_it_is_closed() {
    let (script, config) = Script::open().await;
    let (gateway, _receipts) = start(config);
    let mut stream = script.bound().await;
    up(&gateway).await;
    let farewell = async {
        let (id, _, sequence, _) = read(&mut stream).await.expect("an unbind");
        assert_eq!(id, 0x06);
        write(&mut stream, (0x8000_0006, 0, sequence, vec![])).await;
        assert_eq!(read(&mut stream).await, None, "closed");
    };
    tokio::join!(gateway.shutdown(), farewell);
}

#[tokio::test]
async fn a_dead_line_is_found_out_and_left() {
    let (script, mut config) = Script::open().await;
    config.enquire_link_seconds = 1;
    let (gateway, _receipts) = start(config);
    let mut silent = script.bound().await;
    assert_eq!(read(&mut silent).await.expect("a question").0, 0x15);
    let mut again = script.bound().await;
    up(&gateway).await;
    assert_eq!(read(&mut again).await.expect("a question").0, 0x15);
}

#[tokio::test]
async fn a_rejected_number_is_final_and_an_unknown_status_is_not() {
    let (script, config) = Script::open().await;
    let (gateway, _receipts) = start(config);
    let mut stream = script.bound().await;
    up(&gateway).await;
    let answers = async {
        for status in [0x0B, 0x0400] {
            let (id, _, sequence, _) = read(&mut stream).await.expect("a submission");
            assert_eq!(id, 0x04);
            write(&mut stream, (0x8000_0004, status, sequence, vec![])).await;
        }
    };
    let sends = async {
        assert_eq!(permanent(&gateway.send(&sms("1", "+79990000001", "x")).await), "ESME_RINVDSTADR (0x0B)");
        assert_eq!(temporary(&gateway.send(&sms("2", "+79990000001", "x")).await), "status 0x00000400");
    };
    tokio::join!(answers, sends);
}

#[tokio::test]
async fn no_octets_do_harm() {
    let (script, config) = Script::open().await;
    let (gateway, _receipts) = start(config);
    let mut rng = Rng::seeded(11);
    for round in 0..30u32 {
        let mut stream = script.bound().await;
        let mut noise = vec![0; 1 + rng.below(600) as usize];
        rng.fill(&mut noise);
        match round % 3 {
            // A sound frame of a kind that is read, filled with noise.
            0 => write(&mut stream, (0x05, 0, round, noise)).await,
            1 => write(&mut stream, (0x8000_0004, 0, round, noise)).await,
            // No frame at all, and a length that nobody would keep.
            _ => {
                let _ = stream.write_all(&[&0xFFFF_FFF0u32.to_be_bytes()[..], &noise].concat()).await;
            }
        }
        let _ = stream.shutdown().await;
    }
    let _stream = script.bound().await;
    up(&gateway).await;
}
