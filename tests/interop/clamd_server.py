"""ClamAV's own daemon for our scanner, over a socket file and over TCP, with a signature of our own."""

import glob
import os
import shutil
import socket
import subprocess

from support import WORK, fail, gateway, passed, same, until

FOLDER = os.path.join(WORK, "clamav")
PACKAGES = ["clamav-daemon", "libclamav12", "libmspack0"]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def daemon():
    """clamd of this machine, or Debian's, unpacked below our work folder; `None` when neither can be had."""
    found = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    unpacked = os.path.join(FOLDER, "root", "usr", "sbin", "clamd")
    if found or os.path.exists(unpacked):
        return found or unpacked
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    done = subprocess.run(["apt-get", "download", *PACKAGES], cwd=FOLDER, capture_output=True, check=False)
    if done.returncode != 0:
        return None
    for package in glob.glob(os.path.join(FOLDER, "*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, os.path.join(FOLDER, "root")], check=True)
    return unpacked


def environment():
    libraries = glob.glob(os.path.join(FOLDER, "root", "usr", "lib", "*-linux-gnu"))
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


def configure(port, database):
    with open(os.path.join(database, "own.ndb"), "w", encoding="ascii") as signatures:
        signatures.write("Pristan.Test.Eicar:0:*:" + EICAR.hex() + "\n")
    lines = [
        "Foreground yes", f"DatabaseDirectory {database}", f"LocalSocket {FOLDER}/clamd.ctl", f"TCPSocket {port}",
        "TCPAddr 127.0.0.1", "StreamMaxLength 2M", "MaxThreads 4", f"LogFile {FOLDER}/clamd.log", "FixStaleSocket yes",
    ]
    path = os.path.join(FOLDER, "clamd.conf")
    with open(path, "w", encoding="ascii") as text:
        text.write("\n".join(lines) + "\n")
    return path


def files():
    cases = {
        "empty": b"", "clean": b"%PDF-1.7 " * 40_000, "ill": b"%PDF-1.7 " * 40_000 + EICAR + b"tail",
        "border": b"." * (64 * 1024 - 10) + EICAR, "large": os.urandom(3_000_000),
    }
    for name, content in cases.items():
        with open(os.path.join(FOLDER, name), "wb") as out:
            out.write(content)
    return [os.path.join(FOLDER, name) for name in cases]


def check(address):
    verdicts = [event["verdict"] for event in gateway("clamd", address, *files())]
    same(f"{address}: clean files", verdicts[:2], ["Clean"] * 2)
    for verdict in verdicts[2:4]:
        same(f"{address}: {verdict}", "Infected" in verdict and "Pristan.Test.Eicar" in verdict, True)
    same(f"{address}: {verdicts[4]}", "Unavailable" in verdicts[4], True)


def main():
    database = os.path.join(FOLDER, "database")
    os.makedirs(database, exist_ok=True)
    program = daemon()
    if program is None:
        fail("there is no clamd here, and apt-get cannot download Debian's")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [program, "-c", configure(port, database)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.path.exists(f"{FOLDER}/clamd.ctl"):
        os.remove(f"{FOLDER}/clamd.ctl")  # of a daemon that was killed
    with subprocess.Popen(command, env=environment(), **quiet) as process:
        try:
            until("clamd", lambda: os.path.exists(f"{FOLDER}/clamd.ctl") or process.poll() is not None)
            if process.poll() is not None:
                fail(f"clamd ended; see {FOLDER}/clamd.log")
            check(f"unix:{FOLDER}/clamd.ctl")
            check(f"127.0.0.1:{port}")
        finally:
            process.terminate()
    same("the stopped daemon", "Unavailable" in gateway("clamd", f"127.0.0.1:{port}", files()[1])[0]["verdict"], True)
    passed()


main()
