#!/bin/sh
# Other people's clients and servers against ours; see README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/target/interop"
mkdir -p "$work"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check smpplib==2.2.4 aiosmtpd==1.4.6 \
    PyJWT==2.15.1 cryptography jsonschema==4.26.0 openapi-spec-validator==0.9.0 \
    'moto[server]==5.2.5' boto3==1.44.5
[ -d "$work/node_modules/smpp" ] || npm install --silent --no-audit --no-fund --prefix "$work" smpp@0.5.1
[ -d "$work/node_modules/jose" ] || npm install --silent --no-audit --no-fund --prefix "$work" jose@5.10.0
[ -d "$work/node_modules/http_ece" ] || npm install --silent --no-audit --no-fund --prefix "$work" http_ece@1.2.1
cd "$root"
cargo build --quiet -p stand --examples
export PRISTAN_INTEROP_WORK="$work" NODE_PATH="$work/node_modules"
status=0
for check in smpp_client.py smtp_client.py smtp_server.py register_client.py s3_server.py clamd_server.py; do
    "$work/venv/bin/python" "$here/$check" || status=1
done
node "$here/smpp_server.cjs" || status=1
node "$here/register_server.cjs" || status=1
node "$here/push_server.cjs" || status=1
exit $status
