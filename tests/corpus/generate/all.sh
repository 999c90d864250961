#!/bin/bash
# Makes the whole corpus anew: every request, then manifest.jsonl. Then it compares both with the
# oracle. Each generator says at its top what it needs; README.md lists the packages of Debian 12.
# Usage: tests/corpus/generate/all.sh [NAME...]   (names of generators; without any, all of them)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
corpus=$(dirname "$here")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1

notes=$work/notes
mkdir "$notes"
wanted() { [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]; }
run() { # name, folder, tool and version, command
  wanted "$1" || return 0
  echo "$1: $3"
  rm -rf "${corpus:?}/$2"; mkdir -p "$corpus/$2"
  "${@:4}" "$corpus/$2" >"$work/lines" </dev/null
  mv "$work/lines" "$notes/${2//\//__}.tsv"
  printf '%s\n' "$3" >"$notes/${2//\//__}.source"
}
debian() { dpkg-query -W -f '${Version}' "$1"; }
pypi() { python3 -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' "$1"; }
mbedtls() {
  cc -o "$work/mbedtls" "$here/mbedtls.c" -lmbedx509 -lmbedcrypto
  python3 "$here/python-mbedtls.py" "$1"
  "$work/mbedtls" "$1"
}
forge() {
  [ -d "$work/node_modules/node-forge" ] || npm install --silent --no-fund --prefix "$work" node-forge >&2
  NODE_PATH=$work/node_modules node "$here/forge.js" "$1"
}
go_std() { go run "$here/go/main.go" "$1"; }

names=("$@")
run openssl tools/openssl "$(openssl version | cut -d' ' -f1,2)" "$here/openssl.sh"
run gnutls tools/gnutls "GnuTLS $(certtool --version | head -1)" "$here/gnutls.sh"
run nss tools/nss "NSS certutil $(debian libnss3-tools)" "$here/nss.sh"
run keytool tools/keytool "Java keytool $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')" "$here/keytool.sh"
run go tools/go "Go crypto/x509 $(go env GOVERSION)" go_std
run cfssl tools/cfssl "cfssl $(debian golang-cfssl)" "$here/cfssl.sh"
run botan tools/botan "Botan $(botan --version)" "$here/botan.sh"
run mbedtls tools/mbedtls "Mbed TLS $(debian libmbedtls-dev) and python-mbedtls $(pypi python-mbedtls)" mbedtls
run pyca tools/pyca "pyca/cryptography $(pypi cryptography)" python3 "$here/pyca.py"
run forge tools/forge "node-forge $(npm view node-forge version 2>/dev/null)" forge
run vectors vectors "PyPI cryptography_vectors $(pypi cryptography_vectors)" python3 "$here/vectors.py"
run made made "hand-made" python3 "$here/made.py"

python3 "$here/manifest.py" "$corpus" "$notes"
python3 "$corpus/oracle.py" --manifest
