//! Calls over HTTP.

use crate::support::*;
use gateway::voice::http::HttpVoice;
use gateway::voice::{OutgoingCall, VoiceConfig, VoiceGateway};
use gateway::{Health, SendOutcome};
use kernel::{Lang, Secret};
use stand::Stand;
use stand::faults::{Fault, Mode};
use stand::messages::Channel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TO: &str = "+79990000005";

fn config(url: String) -> VoiceConfig {
    VoiceConfig { url, token: Secret::new("demo-voice".into()), timeout_seconds: 1, ..VoiceConfig::default() }
}

fn open(stand: &Stand) -> HttpVoice {
    HttpVoice::new(&config(format!("{}/voice/calls", stand.url()))).expect("a good configuration")
}

fn call(id: &str) -> OutgoingCall {
    OutgoingCall {
        id: id.into(),
        to: TO.into(),
        lang: Lang::Ru,
        text: "Пристань. Ваш код:".into(),
        digits: "123456".into(),
    }
}

#[tokio::test]
async fn a_call_is_placed_once_and_answered() {
    let stand = stand().await;
    let voice = open(&stand);
    let first = voice.call(&call("c1")).await;
    assert_eq!(first, voice.call(&call("c1")).await, "the same id is the same call");
    let got = inbox(&stand, Channel::Call, TO);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].text, "Пристань. Ваш код: 1 2 3 4 5 6. Повторяю: 1 2 3 4 5 6.");
    until(|| {
        inbox(&stand, Channel::Call, TO)[0].states.last().is_some_and(|state| state.state == "answered")
    })
    .await;
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let stand = stand().await;
    let unreachable = OutgoingCall { to: "+79990000404".into(), ..call("1") };
    assert_eq!(permanent(&open(&stand).call(&unreachable).await), "HTTP 422");
    let mut wrong = config(format!("{}/voice/calls", stand.url()));
    wrong.token = Secret::new("other".into());
    assert_eq!(temporary(&HttpVoice::new(&wrong).expect("good").call(&call("2")).await), "HTTP 401");
}

#[tokio::test]
async fn every_fault_is_temporary_and_over_when_it_is_over() {
    let stand = stand().await;
    let voice = open(&stand);
    for (n, mode) in [Mode::Outage, Mode::Refuse, Mode::Garbage, Mode::Delay].into_iter().enumerate() {
        stand
            .faults()
            .set("voice", Fault { mode, seconds: (mode == Mode::Delay).then_some(5.0), share: None });
        temporary(&voice.call(&call(&format!("f{n}"))).await);
        assert!(matches!(voice.health(), Health::Down { .. }), "{mode:?}");
        stand.faults().set("voice", Fault::NONE);
        let outcome = voice.call(&call(&format!("f{n}"))).await;
        assert!(outcome.is_accepted(), "after {mode:?}: {outcome:?}");
        assert_eq!(voice.health(), Health::Up);
    }
    assert_eq!(inbox(&stand, Channel::Call, TO).len(), 4);
    stand.faults().set("voice", Fault::always(Mode::Duplicate));
    assert!(voice.call(&call("d")).await.is_accepted());
    assert_eq!(inbox(&stand, Channel::Call, TO).len(), 6);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/calls", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99999999999\r\n\r\n{\"call_id\":\"")
                    .await;
                while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
            });
        }
    });
    let voice = HttpVoice::new(&config(url)).expect("a good configuration");
    let expected = SendOutcome::temporary("the answer is too large; outcome unknown");
    assert_eq!(voice.call(&call("1")).await, expected);
}
