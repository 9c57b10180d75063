"""A portal of PyJWT and jsonschema against the stand's registers: everything that passes fits the protocol's document."""

import base64
import hashlib
import json
import os
import queue
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from support import ROOT, fail, passed, same, stand

with open(os.path.join(ROOT, "docs/register-protocol.openapi.yaml"), encoding="utf-8") as text:
    DOCUMENT = yaml.safe_load(text)

CHECKS = {"pension": "snils", "interior": "passport", "tax": "inn"}
PERSON = ["surname", "first_name", "patronymic", "birth_date"]
FIELDS = {
    "pension": ["snils", "sex"],
    "interior": ["series", "number", "issued_on", "division_code"],
    "tax": ["series", "number"],
}


def key(name):
    """A PEM text of the stand's sources, where it stands with its line breaks escaped."""
    with open(os.path.join(ROOT, "crates/stand/src/systems/registers/keys.rs"), encoding="utf-8") as source:
        found = re.search(name + r': &str\s*=\s*"(.*?)"', source.read(), re.S)
    return re.sub(r"\\n\\\n\s*", "\n", found.group(1))


PORTAL_KEY = key("PORTAL_PRIVATE_KEY")
REGISTER_KEY = key("REGISTER_PUBLIC_KEY")


def fits(what, value, schema):
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]})
    wrong = [error.message for error in validator.iter_errors(value)]
    if wrong:
        fail(f"{what} is no {schema}: {wrong} in {value}")


def body_hash(body):
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def token(register, op, body, **changed):
    now = int(time.time())
    claims = {
        "iss": "pristan", "aud": register, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4()), "op": op,
        "body_sha256": body_hash(body), **changed,
    }
    fits("our claims", claims, "Claims")
    return jwt.encode(claims, PORTAL_KEY, algorithm="ES256", headers={"kid": "portal-demo"})


def exchange(world, register, request, question=None, bearer=None, **changed):
    """One request: status, headers, body."""
    body = b"" if question is None else json.dumps(question).encode()
    op = "POST /v1/checks" if question else f"GET /v1/checks/{request}"
    headers = {"Authorization": "Bearer " + (bearer or token(register, op, body, **changed))}
    if question:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": request}
    url = f"{world.url}/registers/{register}{op.split(' ')[1]}"
    asked = urllib.request.Request(url, data=body if question else None, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def question(register, person, request):
    asked = {"request": request, "check": CHECKS[register]}
    asked |= {name: person[name] for name in PERSON + FIELDS[register]}
    fits("our question", asked, "Question")
    return asked


def read(what, status, headers, body):
    """The body, checked against what the document says of this status."""
    expected = {200: "Result", 202: "Pending"}.get(status, "Problem")
    kind = "application/json" if status < 300 else "application/problem+json"
    same(f"{what}: type", headers.get_content_type(), kind)
    value = json.loads(body)
    fits(what, value, expected)
    return value


class Hooks(BaseHTTPRequestHandler):
    taken = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.put((self.path, self.headers["Authorization"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def hook():
    """The next webhook, checked by a library that is not ours."""
    path, authorization, body = Hooks.taken.get(timeout=20)
    register = path.rsplit("/", 1)[1]
    claims = jwt.decode(
        authorization.removeprefix("Bearer "), REGISTER_KEY, algorithms=["ES256"], audience="pristan", issuer=register,
        options={"require": ["exp", "iat", "jti", "iss", "aud"]},
    )
    fits("the stand's claims", claims, "Claims")
    same("op of a webhook", claims["op"], f"POST {path}")
    same("hash of a webhook", claims["body_sha256"], body_hash(body))
    value = json.loads(body)
    fits("a webhook", value, "AnswerNotice" if value["kind"] == "answer" else "EventNotice")
    return value


def people(world, outcome):
    return [typed(person) for person in json.loads(world.get(f"/api/people?outcome={outcome}&limit=2"))]


def typed(person):
    """The values of the portal's form in the words of the protocol."""
    series, number = person["document_number"].split()
    return person | {
        "series": series, "number": number, "division_code": person["division"],
        "patronymic": person["patronymic"] or None, "sex": {"m": "male", "f": "female"}[person["sex"]],
    }


def send(world, method, path, value):
    asked = urllib.request.Request(world.url + path, data=json.dumps(value).encode(), method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.loads(answer.read())


def outcomes(world):
    """Every outcome that ends with an answer or a refusal, at every register."""
    with open(os.path.join(ROOT, "docs/registers.md"), encoding="utf-8") as page:
        rows = [line.split("|")[1] for line in page if line.startswith("| `") and "http" not in line]
    words = [word for row in rows for word in re.findall(r"`([a-z_]+)`", row)]
    words = [word for word in words if word.startswith(("match", "mis", "no_", "passport_", "unclear_")) or word in
             ("minutes", "hours", "days", "never", "error", "flapping", "refused")]
    if len(words) < 27:
        fail(f"the page names too few outcomes: {words}")
    waiting = []
    for register in CHECKS:
        for word in words:
            request = f"{register}-{word}"
            asked = question(register, people(world, word)[0], request)
            value = read(request, *exchange(world, register, request, asked))
            if "answer" not in value and "code" not in value:
                waiting.append((register, request))
    return waiting


def main():
    validate(DOCUMENT)
    server = HTTPServer(("127.0.0.1", 0), Hooks)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with stand() as world:
        send(world, "PUT", "/api/registers/portal", {"url": f"http://127.0.0.1:{server.server_port}"})
        waiting = outcomes(world)
        # Ordinary answers take some seconds: by webhook, then the same by GET.
        answered = {}
        while not {"pension-match", "interior-match", "tax-match"} <= answered.keys():
            value = hook()
            answered[value["request"]] = value["answer"]
        same("interior", answered["interior-match"], {"outcome": "valid"})
        for register in CHECKS:
            value = read("collected", *exchange(world, register, f"{register}-match"))
            same("by GET and by webhook", value["answer"], answered[f"{register}-match"])
        if not waiting:
            fail("nothing was pending")
        # Tokens are good once, for one body, one register and one minute.
        person = people(world, "match")[1]
        asked = question("tax", person, "tokens")
        body = json.dumps(asked).encode()
        once = token("tax", "POST /v1/checks", body)
        now = int(time.time())
        same("first", exchange(world, "tax", "tokens", asked, once)[0], 202)
        refused = {
            "again": {"bearer": once},
            "for another": {"aud": "pension"},
            "old": {"iat": now - 300, "exp": now - 240},
            "long": {"exp": now + 3600},
            "another body": {"body_sha256": body_hash(b"{}")},
        }
        for what, changed in refused.items():
            status, headers, answer = exchange(world, "tax", "tokens", asked, **changed)
            same(f"{what}: status", status, 401)
            same(f"{what}: code", read(what, status, headers, answer)["code"], "unauthorized")
        # Refusals have their codes.
        other = question("tax", people(world, "match")[0], "tokens")
        same("conflict", read("conflict", *exchange(world, "tax", "tokens", other))["code"], "conflict")
        same("unknown", read("unknown", *exchange(world, "tax", "nobody"))["code"], "unknown_request")
        for event, reason in [("death", None), ("name_change", None), ("document_invalid", "stolen")]:
            body = {"type": event} | ({"reason": reason} if reason else {})
            name = send(world, "POST", f"/api/people/{person['id']}/events", body)["event"]
            value = hook()
            while value["kind"] != "event":
                value = hook()
            same("event", (value["event"], value["type"]), (name, event))
    passed()


main()
