#!/bin/sh
# The one thing that xtask cannot install, because it needs it to be built: a C compiler with its linker.
set -e
if command -v cc >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "A C compiler is missing: install one with your system's package manager." >&2
    exit 1
fi
echo "setup: no C compiler; installing build-essential with apt-get"
if [ "$(id -u)" = 0 ]; then as=env; else as="sudo env"; fi
$as DEBIAN_FRONTEND=noninteractive apt-get update -q
$as DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends build-essential
