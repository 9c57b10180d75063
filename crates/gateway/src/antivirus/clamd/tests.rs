use super::*;
use crate::antivirus::memory::eicar;
use crate::antivirus::{self, Kind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::{TcpListener, UnixListener};

/// How a clamd behaves that nobody would install.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// As it should: finds the test string, and refuses more than so many bytes.
    Good { most: usize },
    /// Takes everything, answers this and hangs up.
    Says(&'static [u8]),
    /// Takes everything, answers this and keeps the line open.
    Hangs(&'static [u8]),
    /// Answers this at once, without taking the file, and hangs up.
    Rude(&'static [u8]),
    /// Takes nothing and says nothing.
    Deaf,
}

/// One exchange from clamd's side.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, manner: Manner) -> Option<()> {
    if let Manner::Deaf = manner {
        std::future::pending::<()>().await;
    }
    if let Manner::Rude(answer) = manner {
        return stream.write_all(answer).await.ok();
    }
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.ok()?;
    assert_eq!(&command, b"zINSTREAM\0");
    let mut file = Vec::new();
    loop {
        let length = stream.read_u32().await.ok()? as usize;
        if length == 0 {
            break;
        }
        assert!(length <= 1024, "a part larger than configured");
        if let Manner::Good { most } = manner
            && file.len() + length > most
        {
            return stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").await.ok();
        }
        let from = file.len();
        file.resize(from + length, 0);
        stream.read_exact(&mut file[from..]).await.ok()?;
    }
    let ill = file.windows(68).any(|part| part == eicar().as_bytes());
    let answer: &[u8] = match manner {
        Manner::Says(answer) | Manner::Hangs(answer) => answer,
        _ if ill => b"stream: Eicar-Test-Signature FOUND\0",
        _ => b"stream: OK\0",
    };
    stream.write_all(answer).await.ok()?;
    if let Manner::Hangs(_) = manner {
        std::future::pending::<()>().await;
    }
    Some(())
}

/// A scanner before a clamd of this manner.
async fn before(manner: Manner, change: impl FnOnce(&mut ClamdConfig)) -> ClamdScanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, manner));
        }
    });
    scanner(address, change)
}

fn scanner(address: String, change: impl FnOnce(&mut ClamdConfig)) -> ClamdScanner {
    let mut clamd = ClamdConfig { address, chunk_bytes: 1024, ..ClamdConfig::default() };
    change(&mut clamd);
    ClamdScanner::new(&Config { kind: Kind::Clamd, clamd }).unwrap()
}

const GOOD: Manner = Manner::Good { most: 1_000_000 };

fn reason(verdict: Verdict) -> String {
    match verdict {
        Verdict::Unavailable { reason } => reason,
        verdict => panic!("{verdict:?}"),
    }
}

#[tokio::test]
async fn files_of_all_sizes_are_looked_at_whole() {
    let scanner = before(GOOD, |_| {}).await;
    for size in [0, 1, 1023, 1024, 1025, 300_000] {
        let mut file = vec![b'.'; size];
        assert_eq!(scanner.inspect(&file).await, Verdict::Clean, "{size}");
        // Across the border of two parts as well.
        file.extend(eicar().into_bytes());
        assert_eq!(scanner.inspect(&file).await, Verdict::infected("Eicar-Test-Signature"), "{size}");
    }
    assert_eq!(scanner.health(), Health::Up);
}

#[tokio::test]
async fn a_socket_file_is_as_good() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("pristan-clamd-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, GOOD));
        }
    });
    let scanner = scanner(format!("unix:{}", path.display()), |_| {});
    assert_eq!(scanner.inspect(b"file").await, Verdict::Clean);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(reason(scanner.inspect(b"file").await), "clamd cannot be reached");
    assert!(!scanner.health().can_send());
}

#[tokio::test]
async fn no_fault_is_a_clean_file() {
    let large = vec![b'.'; 1024 * 1024];
    let cases = [
        (Manner::Says(b""), "without an answer"),
        (Manner::Says(b"stream: O"), "half"),
        (Manner::Says(b"stream: OK"), "half"),
        (Manner::Says(b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0"), "not clamd's"),
        (Manner::Says(b"stream: OK\0stream: OK\0"), "more than one"),
        (Manner::Says(b"stream: Can't allocate memory ERROR\0"), "reports an error"),
        (Manner::Says(&[b'x'; 5000]), "too long"),
        (Manner::Hangs(b""), "in time"),
        (Manner::Hangs(b"stream: OK"), "in time"),
        (Manner::Deaf, "in time"),
        (Manner::Rude(b""), "connection"),
    ];
    for (manner, expected) in cases {
        let scanner = before(manner, |limits| {
            limits.answer_millis = 60;
            limits.chunk_millis = 60;
        })
        .await;
        for file in [b"file".as_slice(), &large] {
            let reason = reason(scanner.inspect(file).await);
            assert!(reason.contains(expected) || file.len() > 4, "{manner:?}: {reason}");
            assert!(!scanner.health().can_send());
        }
    }
    // Clean, said of a file that was not taken: whatever of it arrives, it is never clean.
    let scanner = before(Manner::Rude(b"stream: OK\0"), |_| {}).await;
    reason(scanner.inspect(&large).await);
}

#[tokio::test]
async fn an_answer_ends_at_its_zero_byte_and_does_not_wait_for_the_line_to_close() {
    let scanner = before(Manner::Hangs(b"stream: OK\0"), |_| {}).await;
    assert_eq!(scanner.inspect(b"file").await, Verdict::Clean);
}

#[tokio::test]
async fn too_large_is_told_by_us_and_by_clamd() {
    let scanner = before(Manner::Good { most: 2048 }, |limits| limits.stream_limit_bytes = 4096).await;
    assert!(reason(scanner.inspect(&[0; 4097]).await).contains("stream_limit_bytes"));
    assert_eq!(scanner.health(), Health::Up, "nobody was asked");
    // The answer may get lost when clamd hangs up on what is still under way; it is no verdict in any case.
    reason(scanner.inspect(&[0; 4096]).await);
    assert_eq!(scanner.inspect(&[0; 2048]).await, Verdict::Clean);
}

#[tokio::test]
async fn files_wait_for_their_turn_but_not_for_ever() {
    let scanner = Arc::new(
        before(Manner::Deaf, |limits| {
            limits.at_once = 1;
            limits.turn_millis = 10;
            limits.total_millis = 300;
        })
        .await,
    );
    let first = scanner.clone();
    let first = tokio::spawn(async move { first.inspect(b"file").await });
    while scanner.turns.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(reason(scanner.inspect(b"file").await).contains("as many files"));
    assert_eq!(reason(first.await.unwrap()), "no verdict in time");
}

#[test]
fn nothing_is_opened_when_nothing_is_configured() {
    assert!(antivirus::open(&Config::default()).unwrap().is_none());
    let clamd = ClamdConfig { address: "nowhere".into(), ..ClamdConfig::default() };
    let problems = antivirus::open(&Config { kind: Kind::Clamd, clamd }).err().unwrap();
    assert_eq!(problems[0].path, "clamd.address");
}
