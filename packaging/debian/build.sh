#!/usr/bin/env bash
# Makes target/debian/pristan_<version>_<architecture>.deb from a release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-target/release/pristan}
[ -x "$binary" ] || { echo "build first: cargo build --release --locked --package pristan" >&2; exit 1; }
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
architecture=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod 0755 "$stage"
install -Dm755 "$binary" "$stage/usr/bin/pristan"
strip "$stage/usr/bin/pristan"
install -Dm644 packaging/systemd/pristan.service "$stage/lib/systemd/system/pristan.service"
install -Dm644 pristan.example.toml "$stage/usr/share/doc/pristan/pristan.example.toml"
install -Dm644 -t "$stage/usr/share/doc/pristan" LICENSE NOTICE README.md CHANGELOG.md docs/operations.md
install -d "$stage/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" packaging/debian/control > "$stage/DEBIAN/control"
install -m755 -t "$stage/DEBIAN" packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm
mkdir -p target/debian
dpkg-deb --root-owner-group --build "$stage" "target/debian/pristan_${version}_${architecture}.deb"
