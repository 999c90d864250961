#!/bin/bash
# Requests by GnuTLS. Needs: certtool (Debian gnutls-bin).
# Usage: gnutls.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

key() { certtool --generate-privkey --outfile "$work/$1.key" "${@:2}" 2>/dev/null; }
req() { # file, expected, why, key, template lines, further arguments
  printf "$5\n" >"$work/template"
  certtool --generate-request --load-privkey "$work/$4.key" --template "$work/template" \
    --outfile "$out/$1" "${@:6}" 2>/dev/null
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
cn='cn = "www.example.com"'
dns='dns_name = "www.example.com"'

for bits in 2048 3072 4096; do
  key "rsa$bits" --key-type rsa --bits $bits
  req "rsa$bits.pem" accept "RSA key of $bits bits" "rsa$bits" "$cn\n$dns"
done
key rsa1024 --key-type rsa --bits 1024
req rsa1024.pem weak-key "RSA key of only 1024 bits" rsa1024 "$cn"
for curve in secp256r1 secp384r1 secp521r1; do
  key $curve --key-type ecdsa --curve $curve
  req "$curve.pem" accept "key on $curve" $curve "$cn\n$dns"
done
key secp224r1 --key-type ecdsa --curve secp224r1
req secp224r1.pem unsupported-key "curve secp224r1 is not on the list" secp224r1 "$cn"
key ed25519 --key-type eddsa --curve ed25519
req ed25519.pem accept "Ed25519 key" ed25519 "$cn\n$dns"
key ed448 --key-type ed448
req ed448.pem unsupported-key "Ed448 is not on the list" ed448 "$cn"
key pss --key-type rsa-pss --bits 2048
req rsa-pss-key.pem unsupported-key "key of type id-RSASSA-PSS" pss "$cn"
key dsa --key-type dsa --bits 2048
req dsa2048.pem unsupported-key "DSA key" dsa "$cn"

k=secp256r1
req names.pem accept "every kind of name that is granted" $k "$cn\n$dns\ndns_name = \"*.example.com\"\nip_address = \"192.0.2.1\"\nip_address = \"2001:db8::1\"\nemail = \"eva@example.com\"\nuri = \"https://www.example.com/\""
req server.pem accept "TLS server usages" $k "$cn\n$dns\ntls_www_server\nsigning_key\nencryption_key"
req client.pem accept "TLS client usages" $k "$cn\ntls_www_client\nsigning_key"
req challenge.pem accept "challengePassword" $k "$cn\nchallenge_password = example-challenge"
req subject.pem accept "a full subject" $k "$cn\norganization = \"Example\"\nunit = \"Unit\"\nlocality = \"Bern\"\nstate = \"Bern\"\ncountry = CH\nuid = \"eva\"\ndc = \"example\"\ndc = \"com\"\nemail = \"eva@example.com\"\nserial = 7"
req utf8.pem accept "UTF-8 subject" $k "cn = \"Žluťoučký kůň\"\n$dns"
req idn.pem accept "internationalised name, written as its A-label" $k "cn = \"x\"\ndns_name = \"bücher.example\""
req othername.pem unacceptable-name "otherName (user principal name)" $k "$cn\nother_name_utf8 = \"1.3.6.1.4.1.311.20.2.3 eva@example.com\""
req xmpp.pem unacceptable-name "otherName (XMPP address)" $k "$cn\nxmpp_name = \"eva@example.com\""
req ca.pem ca-requested "basicConstraints CA:TRUE" $k "$cn\nca\ncert_signing_key"
req ca-crlsign.pem ca-requested "basicConstraints CA:TRUE, keyUsage cRLSign" $k "$cn\nca\ncrl_signing_key"
req tlsfeature.pem accept "TLS feature (must staple)" $k "$cn\n$dns\ntls_feature = 5"
req extension.pem accept "unknown extension, ignored" $k "$cn\nadd_extension = \"1.2.3.4.5 0x0500\""
req request.der accept "DER" $k "$cn\n$dns" --outder
req rsa-sha384.pem accept "RSA with SHA-384" rsa2048 "$cn" --hash=SHA384
req rsa-sha512.pem accept "RSA with SHA-512" rsa2048 "$cn" --hash=SHA512
req rsa-sha1.pem weak-signature "RSA with SHA-1" rsa2048 "$cn" --hash=SHA1
req empty.pem no-name "neither subject nor alternative name" $k "signing_key"
req san-only.pem accept "no subject, but a name" $k "$dns"
