#!/bin/bash
# Requests by NSS. Needs: certutil (Debian libnss3-tools).
# Usage: nss.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
head -c 2048 /dev/urandom >"$work/noise"
echo throw-away >"$work/password"
certutil -N -d "sql:$work" -f "$work/password" >/dev/null 2>&1

req() { # file, expected, why, further arguments
  certutil -R -d "sql:$work" -f "$work/password" -z "$work/noise" -o "$out/$1" "${@:4}" >/dev/null 2>&1 </dev/null
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
s="CN=www.example.com,O=Example,C=US"
for bits in 2048 3072 4096; do
  req "rsa$bits.pem" accept "RSA key of $bits bits, certutil's text in front" -a -k rsa -g $bits -s "$s"
done
req rsa1024.pem weak-key "RSA key of only 1024 bits" -a -k rsa -g 1024 -s "$s"
for curve in nistp256 nistp384 nistp521; do
  req "$curve.pem" accept "key on $curve, certutil's text in front" -a -k ec -q $curve -s "$s"
done
req dsa.pem unsupported-key "DSA key" -a -k dsa -s "$s"
req p256.der accept "DER" -k ec -q nistp256 -s "$s"
req rsa.der accept "DER" -k rsa -g 2048 -s "$s"
req names.pem accept "alternative names" -a -k ec -q nistp256 -s "$s" --extSAN "dns:www.example.com,dns:*.example.com,ip:192.0.2.1,ip:2001:db8::1,email:eva@example.com,uri:https://example.com/"
req dns-mail.pem accept "alternative names by -8 and -7" -a -k ec -q nistp256 -s "$s" -8 www.example.com -7 eva@example.com
req usages.pem accept "keyUsage, extendedKeyUsage and Netscape's type" -a -k ec -q nistp256 -s "$s" --keyUsage digitalSignature,keyEncipherment,critical --extKeyUsage serverAuth,clientAuth --nsCertType sslServer
req phone.pem accept "telephone number in certutil's text" -a -k ec -q nistp256 -s "$s" -p 555-0100
req sha384.pem accept "RSA with SHA-384" -a -k rsa -g 2048 -Z SHA384 -s "$s"
req sha512.pem accept "ECDSA with SHA-512" -a -k ec -q nistp256 -Z SHA512 -s "$s"
req sha1.pem weak-signature "RSA with SHA-1" -a -k rsa -g 2048 -Z SHA1 -s "$s"
req certsign.pem ca-requested "keyUsage keyCertSign" -a -k ec -q nistp256 -s "$s" --keyUsage certSigning
req crlsign.pem ca-requested "keyUsage cRLSign" -a -k ec -q nistp256 -s "$s" --keyUsage crlSigning
req rid.pem unacceptable-name "registered identifier" -a -k ec -q nistp256 -s "$s" --extSAN registerid:1.2.3.4
req pss-key.pem unsupported-key "key of type id-RSASSA-PSS" -a -k rsa -g 2048 --pss -s "$s"
