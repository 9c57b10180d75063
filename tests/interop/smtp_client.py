"""Python's smtplib against the stand's mail server."""

import os
import smtplib
import ssl
from email.message import EmailMessage

from support import WORK, fail, passed, same, stand


def main():
    with stand() as world:
        ca_file = os.path.join(WORK, "stand-ca.pem")
        with open(ca_file, "w", encoding="ascii") as out:
            out.write(world.get("/api/tls/ca.pem"))
        server = smtplib.SMTP("localhost", world.port("mail"), timeout=10)
        server.starttls(context=ssl.create_default_context(cafile=ca_file))
        try:
            server.login("pristan", "wrong")
            fail("a wrong login was accepted")
        except smtplib.SMTPAuthenticationError:
            pass
        server.login("pristan", "demo-mail")
        letter = EmailMessage()
        letter["From"] = "Пристань <no-reply@pristan.example>"
        letter["To"] = "anna@example.org"
        letter["Subject"] = "Код подтверждения"
        letter.set_content("Код 123456\n.точка\n")
        letter.add_alternative("<p>Код <b>123456</b></p>", subtype="html")
        server.send_message(letter)
        got = world.messages("email", "anna@example.org")[0]
        same("subject", got["subject"], "Код подтверждения")
        same("text", got["text"].replace("\r\n", "\n"), "Код 123456\n.точка")
        same("html", got["html"].strip(), "<p>Код <b>123456</b></p>")
        try:
            server.sendmail("a@example.org", ["nobody@example.org"], "x")
            fail("a box that does not exist was accepted")
        except smtplib.SMTPRecipientsRefused:
            pass
        try:
            server.sendmail("a@example.org", ["b@example.org"], "x" * (11 << 20))
            fail("a letter that is too large was accepted")
        except smtplib.SMTPSenderRefused as refused:
            same("code", refused.smtp_code, 552)
        server.quit()
    passed()


main()
