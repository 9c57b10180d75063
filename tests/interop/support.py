"""What the checks share: a running stand, and a way to say what is wrong."""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.environ["PRISTAN_INTEROP_WORK"]
EXAMPLES = os.path.join(ROOT, "target", "debug", "examples")


class Stand:
    def __init__(self, url):
        self.url = url

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def port(self, system):
        return next(s["port"] for s in json.loads(self.get("/api/systems")) if s["name"] == system)

    def messages(self, channel, to, wait_seconds=10):
        query = urllib.parse.urlencode({"channel": channel, "to": to, "wait_seconds": wait_seconds})
        return json.loads(self.get("/api/messages?" + query))


@contextmanager
def stand():
    process = subprocess.Popen([os.path.join(EXAMPLES, "stand"), "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        yield Stand(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()


def gateway(*arguments):
    """Runs our gateway against another server; one JSON line an event."""
    command = [os.path.join(EXAMPLES, "interop"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        fail(f"{command} ended with {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def until(what, ready, seconds=60):
    """Waits for a program of somebody else to be there."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            fail(f"{what}: not there after {seconds} s")
        time.sleep(0.05)


def certificate(name):
    """A certificate for localhost that signs itself, and its key: two files."""
    pem, key = os.path.join(WORK, name + ".pem"), os.path.join(WORK, name + ".key")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subject += ["-addext", "basicConstraints=critical,CA:FALSE"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", pem, *subject], check=True, capture_output=True)
    return pem, key


def fail(what):
    print(f"FAILED {os.path.basename(sys.argv[0])}: {what}")
    sys.exit(1)


def same(what, got, expected):
    if got != expected:
        fail(f"{what}: got {got!r}, expected {expected!r}")


def passed():
    print(f"ok     {os.path.basename(sys.argv[0])}")
