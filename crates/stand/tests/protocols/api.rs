//! The stand's own page and JSON API.

use crate::support::*;
use serde_json::{Value, json};
use stand::messages::{Arrival, Channel};

fn arrival(channel: Channel, to: &str, text: &str, html: Option<&str>) -> Arrival {
    let gateway = if channel == Channel::Email { "mail" } else { "sms_centre_a" };
    Arrival {
        channel,
        to: to.into(),
        from: "Pristan".into(),
        subject: None,
        text: text.into(),
        html: html.map(str::to_owned),
        gateway,
        parts: None,
    }
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

#[tokio::test]
async fn messages_are_found_by_channel_and_recipient() {
    let stand = stand().await;
    stand.messages().arrive(arrival(Channel::Sms, "+79991112233", "one", None), "accepted");
    stand.messages().arrive(arrival(Channel::Sms, "+79991112244", "two", None), "accepted");
    stand.messages().arrive(arrival(Channel::Email, "ivan@example.org", "three", None), "delivered");
    let texts = async |query: &str| -> Vec<String> {
        let (status, body) = http(stand.address, "GET", &format!("/api/messages{query}"), "", "").await;
        assert_eq!(status, 200);
        let list = parsed(&body);
        list.as_array()
            .expect("a list")
            .iter()
            .map(|message| message["text"].as_str().expect("text").to_owned())
            .collect()
    };
    assert_eq!(texts("").await, ["three", "two", "one"], "newest first");
    assert_eq!(texts("?channel=sms&to=+79991112233").await, ["one"], "a plus that became a space");
    assert_eq!(texts("?to=8%20(999)%20111-22-44").await, ["two"]);
    assert_eq!(texts("?channel=email,call&to=IVAN@example.org").await, ["three"]);
    assert_eq!(texts("?after=2").await, ["three"]);
    assert_eq!(texts("?limit=1").await, ["three"]);
    assert_eq!(http(stand.address, "GET", "/api/messages?channel=pigeon", "", "").await.0, 400);
    assert_eq!(http(stand.address, "GET", "/api/messages?chanel=sms", "", "").await.0, 400, "a misspelt key");
    assert_eq!(http(stand.address, "DELETE", "/api/messages", "", "").await.0, 204);
    assert_eq!(texts("").await, [""; 0]);
}

#[tokio::test]
async fn a_long_poll_answers_when_something_arrives() {
    let stand = stand().await;
    let address = stand.address;
    let waiting = tokio::spawn(async move {
        http(address, "GET", "/api/messages?to=79991112233&wait_seconds=20", "", "").await
    });
    stand.messages().arrive(arrival(Channel::Sms, "+70000000000", "for another", None), "accepted");
    stand.messages().arrive(arrival(Channel::Sms, "+79991112233", "here", None), "accepted");
    let (status, body) = waiting.await.expect("no panic");
    assert_eq!((status, parsed(&body)[0]["text"].as_str()), (200, Some("here")));
    let (_, body) = http(address, "GET", "/api/messages?to=1&wait_seconds=0.05", "", "").await;
    assert_eq!(body, "[]", "nothing came in time");
}

#[tokio::test]
async fn faults_are_switched_and_checked() {
    let stand = stand().await;
    let put = async |system: &str, body: &str| {
        http(stand.address, "PUT", &format!("/api/faults/{system}"), "", body).await
    };
    let (status, body) = put("voice", r#"{"mode":"delay","seconds":2,"share":0.5}"#).await;
    assert_eq!((status, parsed(&body)), (200, json!({"mode": "delay", "seconds": 2.0, "share": 0.5})));
    let (_, body) = http(stand.address, "GET", "/api/faults", "", "").await;
    assert_eq!(parsed(&body)["voice"]["mode"], "delay");
    assert_eq!(parsed(&body)["mail"]["mode"], "none");
    assert_eq!(put("voice", r#"{"mode":"none"}"#).await, (200, r#"{"mode":"none"}"#.to_owned()));
    assert_eq!(put("pigeon", r#"{"mode":"none"}"#).await.0, 404);
    for bad in [
        "",
        "{}",
        r#"{"mode":"boom"}"#,
        r#"{"mode":"delay","share":2}"#,
        r#"{"mode":"delay","seconds":-1}"#,
        r#"{"mode":"none","x":1}"#,
    ] {
        assert_eq!(put("voice", bad).await.0, 400, "{bad}");
    }
    assert_eq!(
        put("mail", r#"{"mode":"outage","seconds":0}"#).await,
        (200, r#"{"mode":"none"}"#.to_owned()),
        "over at once"
    );
}

#[tokio::test]
async fn systems_say_where_they_are() {
    let stand = stand().await;
    let (_, body) = http(stand.address, "GET", "/api/systems", "", "").await;
    let list = parsed(&body);
    let names: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|system| system["name"].as_str().expect("a name"))
        .collect();
    let registers = ["pension", "interior", "tax", "registers_mtls"];
    assert_eq!(names, [&["sms_centre_a", "sms_centre_b", "mail", "voice", "push"], &registers[..]].concat());
    assert_eq!(list[3]["path"], "/voice/calls");
    assert_eq!(list[2]["port"], stand.address_of("mail").expect("registered").port());
    assert!(
        http(stand.address, "GET", "/api/tls/ca.pem", "", "").await.1.starts_with("-----BEGIN CERTIFICATE")
    );
}

#[tokio::test]
async fn the_page_speaks_both_languages_and_escapes_everything() {
    let stand = stand().await;
    let evil = "<script>alert(1)</script> Код 654321 https://a.example/?x=1";
    stand.messages().arrive(arrival(Channel::Sms, "+79991112233", evil, None), "delivered");
    let id = stand.messages().arrive(
        arrival(
            Channel::Email,
            "a@b.example",
            "x",
            Some("<script>alert(2)</script><a href=\"https://a.example\">a</a>"),
        ),
        "delivered",
    );
    let (status, head, page) =
        http_whole(stand.address, "GET", "/", "Accept-Language: en-GB,ru;q=0.5\r\n", "").await;
    assert_eq!(status, 200);
    assert!(head.contains("content-security-policy: default-src 'none'; script-src 'self'"));
    assert!(page.contains("What reached people") && page.contains("lang=\"en\""));
    assert!(!page.contains("<script>alert") && page.contains("<b class=\"code\">654321</b>"));
    assert!(
        page.contains("<a href=\"https://a.example/?x=1\" target=\"_blank\" rel=\"noopener noreferrer\">")
    );
    let (_, page) = http(stand.address, "GET", "/?lang=ru", "Accept-Language: en\r\n", "").await;
    assert!(page.contains("Что пришло людям") && page.contains("+7 999 111-22-33"));
    let (_, page) = http(stand.address, "GET", "/", "Cookie: stand_lang=en\r\n", "").await;
    assert!(page.contains("What reached people"));
    let (_, head, letter) = http_whole(stand.address, "GET", &format!("/messages/{id}/html"), "", "").await;
    assert!(head.contains("content-security-policy: sandbox allow-popups"), "no scripts in a letter");
    assert!(letter.contains("<a href"));
    assert_eq!(http(stand.address, "GET", &format!("/messages/{id}"), "", "").await.0, 200);
    assert_eq!(http(stand.address, "GET", "/messages/999/html", "", "").await.0, 404);
}

#[tokio::test]
async fn the_page_switches_faults_without_scripts_but_not_for_other_sites() {
    let stand = stand().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let post = async |extra: &str, body: &str| {
        http(stand.address, "POST", "/faults/mail", &format!("{form}{extra}"), body).await.0
    };
    assert_eq!(post("Sec-Fetch-Site: cross-site\r\n", "mode=outage").await, 403);
    assert_eq!(stand.faults().get("mail").mode, stand::faults::Mode::None);
    assert_eq!(post("Sec-Fetch-Site: same-origin\r\n", "mode=delay&seconds=1,5&share=50").await, 303);
    let fault = stand.faults().get("mail");
    assert_eq!((fault.seconds, fault.share), (Some(1.5), Some(0.5)));
    let (_, page) = http(stand.address, "GET", "/?lang=ru", "", "").await;
    assert!(page.contains("Отвечает с задержкой") && page.contains("Починить"));
    assert_eq!(post("", "mode=none").await, 303);
    assert_eq!(post("", "mode=boom").await, 422);
}
