#!/usr/bin/env bash
# Makes a shell crate as a stranger would, and checks that it passes its tests, enrols, explains, serves and packages
# without an edit: tests/template.sh [ARGUMENT OF CARGO DEB...].
# It needs cargo-deb (`cargo install --locked cargo-deb`), curl, openssl and python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
PLACE=$(mktemp -d)
SERVER=
cleanup() {
    [[ -z $SERVER ]] || kill "$SERVER" 2>/dev/null || true
    rm -rf "$PLACE"
}
trap cleanup EXIT
readonly ROOT PLACE

cargo build --quiet --locked -p new-shell -p identity-tool
PROGRAMS=$(cargo metadata --no-deps --format-version 1 | grep -o '"target_directory":"[^"]*"' | cut -d '"' -f 4)/debug
"$PROGRAMS/ca_new_shell" my-ca --into "$PLACE"
cd "$PLACE/my-ca"
# The new crate uses the same sapi, so what cargo has fetched and built serves it too.
cp "$ROOT/Cargo.lock" .
export CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=${TEMPLATE_TARGET:-$PLACE/target}

echo "== cargo test"
cargo test --quiet
echo "== demo"
cargo run --quiet -- demo --once --config sapi.dev.toml --client web01 2>"$PLACE/log" | grep "verified against" >/dev/null
if cargo run --quiet -- demo --once --config sapi.dev.toml --client stranger 2>"$PLACE/refused"; then exit 1; fi
grep -q "unknown client" "$PLACE/refused"

echo "== identity, explain, serve"
printf 'template\n' >"$PLACE/passphrase"
chmod 0400 "$PLACE/passphrase"
"$PROGRAMS/ca_create_identity" --ca-path dev-ca -f CN "Template CA" --key ec:p256 --passphrase-file "$PLACE/passphrase"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$PLACE/web01.key" -subj /CN=web01 \
    -addext subjectAltName=DNS:www.example.com -out "$PLACE/web01.csr" 2>/dev/null
SHELL_PROGRAM=$CARGO_TARGET_DIR/debug/my-ca
"$SHELL_PROGRAM" explain --config sapi.dev.toml --client web01 "$PLACE/web01.csr" | grep "policy              grants 1d" >/dev/null
SAPI_LISTEN=unix:$PLACE/sock "$SHELL_PROGRAM" serve --config sapi.dev.toml --passphrase-file "$PLACE/passphrase" 2>"$PLACE/log" &
SERVER=$!
until [[ -S $PLACE/sock ]]; do
    kill -0 "$SERVER" || { cat "$PLACE/log"; exit 1; }
    sleep 0.1
done
curl -sS --fail --unix-socket "$PLACE/sock" -T "$PLACE/web01.csr" http://localhost/api/csr/web01 |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["signed_x509_pem"], end="")' >"$PLACE/web01.crt"
openssl verify -x509_strict -CAfile dev-ca/ca.cert.pem "$PLACE/web01.crt"
kill "$SERVER"
wait "$SERVER"
SERVER=

echo "== package"
if command -v cargo-deb >/dev/null; then
    PACKAGE=$(cargo deb --quiet "$@" | tail -n 1)
    dpkg-deb --contents "$PACKAGE" | grep usr/bin/my-ca >/dev/null
    dpkg-deb --contents "$PACKAGE" | grep usr/lib/systemd/system/sapi.service >/dev/null
    dpkg-deb --ctrl-tarfile "$PACKAGE" | tar -t | grep postinst >/dev/null
else
    echo "cargo-deb is not here: not packaged" >&2
    [[ -z ${CI:-} ]]
fi
echo "a new shell is sound"
