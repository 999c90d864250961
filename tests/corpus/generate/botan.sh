#!/bin/bash
# Requests by Botan. Needs: botan (Debian botan).
# Usage: botan.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

key() { botan keygen "--algo=$2" "--params=$3" >"$work/$1.key"; }
req() { # file, expected, why, key, common name, further arguments
  botan gen_pkcs10 "${@:6}" "$work/$4.key" "$5" >"$out/$1"
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
n=www.example.com
for bits in 2048 3072 4096; do
  key "rsa$bits" RSA $bits
  req "rsa$bits.pem" accept "RSA key of $bits bits" "rsa$bits" $n
done
key rsa1024 RSA 1024
req rsa1024.pem weak-key "RSA key of only 1024 bits" rsa1024 $n
for curve in secp256r1 secp384r1 secp521r1; do
  key $curve ECDSA $curve
  req "$curve.pem" accept "key on $curve" $curve $n
done
for curve in secp256k1 secp224r1 brainpool256r1 frp256v1; do
  key $curve ECDSA $curve
  req "$curve.pem" unsupported-key "curve $curve is not on the list" $curve $n
done
key ed25519 Ed25519 ""
req ed25519.pem accept "Ed25519 key" ed25519 $n
key dsa DSA dsa/botan/2048
req dsa.pem unsupported-key "DSA key" dsa $n
key gost ECGDSA secp256r1
req ecgdsa.pem unsupported-key "ECGDSA key" gost $n
k=secp256r1
req names.pem accept "names" $k $n --country=CH --organization=Example --email=eva@example.com --dns=www.example.com
req ca.pem ca-requested "basicConstraints CA:TRUE" $k $n --ca
req rsa-pss.pem accept "RSA-PSS with SHA-256" rsa2048 $n --emsa=EMSA4
req rsa-sha512.pem accept "RSA with SHA-512" rsa2048 $n --hash=SHA-512
req ec-sha384.pem accept "ECDSA with SHA-384" $k $n --hash=SHA-384
