"""aiosmtpd as server for our gateway: STARTTLS and TLS from the first byte, with authentication."""

import ssl
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from support import certificate, gateway, passed, same

CERTIFICATE, KEY = certificate("server")


class Box:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, session, envelope):
        self.letters.append((session.ssl is not None, session.authenticated, envelope))
        return "250 Ok"


def authenticate(_server, _session, _envelope, mechanism, data):
    right = mechanism in ("PLAIN", "LOGIN") and (data.login, data.password) == (b"pristan", b"secret")
    return AuthResult(success=right)


def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(CERTIFICATE, KEY)
    return made


def content(letter, kind):
    return letter.get_body((kind,)).get_content().replace("\r\n", "\n").strip()


def check(kind, port, **settings):
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=port, authenticator=authenticate, auth_required=True, **settings)
    if "ssl_context" in settings:
        server.SMTP_kwargs["auth_require_tls"] = False  # it does not count its own outer TLS
    server.start()
    try:
        events = gateway("smtp", server.port, kind, CERTIFICATE)
    finally:
        server.stop()
    same("outcomes", [event["outcome"] for event in events], ["accepted"] * 3)
    same("letters", len(box.letters), 3)
    for number, (encrypted, authenticated, envelope) in enumerate(box.letters):
        same("authenticated", authenticated, True)
        same("encrypted", encrypted or "ssl_context" in settings, True)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        same("recipient", envelope.rcpt_tos, ["ivan@example.org"])
        same("subject", letter["Subject"], "Код подтверждения")
        same("sender", str(letter["From"]), "Пристань <no-reply@pristan.example>")
        same("id", letter["Message-ID"], f"<interop-{number}@pristan.example>")
        same("auto", letter["Auto-Submitted"], "auto-generated")
        same("kind", letter.get_content_type(), "multipart/alternative")
        same("text", content(letter, "plain"), f"Код 12345{number}\n.точка")
        same("html", content(letter, "html"), f"<p>Код <b>12345{number}</b></p>")
        same("defects", letter.defects, [])


def main():
    made = context()
    check("starttls", 18725, tls_context=made, require_starttls=True)
    check("implicit", 18726, ssl_context=made)
    passed()


main()
