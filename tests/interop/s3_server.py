"""moto's S3 over TLS for our file store; it checks every signature with botocore's code."""

import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.request

import boto3
from botocore.config import Config
from support import certificate, gateway, passed, same, until

CERTIFICATE, KEY = certificate("s3")
BUCKET = "portal-files"
PREFIX = "portal/files/"
MANY = 25


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def client(service, endpoint, access="x", secret="x"):
    return boto3.client(
        service, endpoint_url=endpoint, region_name="us-east-1", verify=CERTIFICATE,
        aws_access_key_id=access, aws_secret_access_key=secret, config=Config(s3={"addressing_style": "path"}),
    )


def user(endpoint):
    """An access key that may use the bucket and nothing else."""
    iam = client("iam", endpoint)
    iam.create_user(UserName="portal")
    key = iam.create_access_key(UserName="portal")["AccessKey"]
    allowed = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
    where = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": where}]}
    iam.put_user_policy(UserName="portal", PolicyName="files", PolicyDocument=json.dumps(policy))
    return key["AccessKeyId"], key["SecretAccessKey"]


def check_signatures(endpoint):
    """From now on every request must be signed rightly."""
    context = ssl.create_default_context(cafile=CERTIFICATE)
    plain = {"Content-Type": "text/plain"}
    request = urllib.request.Request(endpoint + "/moto-api/reset-auth", data=b"0", headers=plain, method="POST")
    urllib.request.urlopen(request, context=context, timeout=30).read()


def outcomes(events, what):
    return [event["outcome"] for event in events if what in event]


def whole_life(endpoint, access, secret):
    events = gateway("s3", endpoint, BUCKET, CERTIFICATE, access, secret)
    same("put", outcomes(events, "put"), ["Ok(())"] * 5)
    same("get", outcomes(events, "get"), ["Ok(true)"] * 3 + ["Ok(None)"])
    same("delete", outcomes(events, "delete"), ["Ok(())"] * 2)
    # The first page is somebody else's alone and is passed over; so is what lies beside the prefix.
    same("list", events[-1], {"listed": 3 + MANY, "pages": 1, "health": "Up"})


def what_is_there(store):
    kept = store.get_object(Bucket=BUCKET, Key=PREFIX + "a")
    same("body", kept["Body"].read(), b"new")
    same("length", store.head_object(Bucket=BUCKET, Key=PREFIX + "large/1")["ContentLength"], 5_000_000)
    same("hash", len(kept["Metadata"]["sha256"]), 64)


def refused(events, code):
    """Every one of our calls was refused for good, and for this reason."""
    said = outcomes(events, "put") + outcomes(events, "get") + outcomes(events, "delete")
    for outcome in said:
        same(f"{outcome} is permanent, {code}", ("Permanent" in outcome, code in outcome), (True, True))
    same("calls", len(said), 11)


def main():
    port = free_port()
    server = os.path.join(os.path.dirname(sys.executable), "moto_server")
    command = [server, "-H", "127.0.0.1", "-p", str(port), "-c", CERTIFICATE, "-k", KEY]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        try:
            until("moto", lambda: answers(port))
            endpoint = f"https://localhost:{port}"
            store = client("s3", endpoint)
            store.create_bucket(Bucket=BUCKET)
            for number in range(410):
                store.put_object(Bucket=BUCKET, Key=f"{PREFIX}Foreign & {number}", Body=b"")
            for number in range(MANY):
                store.put_object(Bucket=BUCKET, Key=f"{PREFIX}many/{number}", Body=b"")
            store.put_object(Bucket=BUCKET, Key="portal/filesystem", Body=b"")
            access, secret = user(endpoint)
            check_signatures(endpoint)
            whole_life(endpoint, access, secret)
            what_is_there(client("s3", endpoint, access, secret))
            refused(gateway("s3", endpoint, BUCKET, CERTIFICATE, access, secret + "x"), "SignatureDoesNotMatch")
            refused(gateway("s3", endpoint, BUCKET, CERTIFICATE, "nobody", secret), "InvalidAccessKeyId")
        finally:
            process.terminate()
    passed()


main()
