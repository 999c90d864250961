#!/bin/bash
# Requests by cfssl. Needs: cfssl (Debian golang-cfssl), python3 to unpack JSON.
# Usage: cfssl.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1

req() { # file, expected, why, JSON of the request, further arguments
  cfssl genkey "${@:5}" - <<<"$4" 2>/dev/null |
    python3 -c 'import json,sys; sys.stdout.write(json.load(sys.stdin)["csr"])' >"$out/$1"
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
names='"CN":"www.example.com","names":[{"C":"CH","ST":"Bern","L":"Bern","O":"Example","OU":"Unit"}]'
hosts='"hosts":["www.example.com","example.com"]'
for bits in 2048 3072 4096 8192; do
  req "rsa$bits.pem" accept "RSA key of $bits bits" "{$names,$hosts,\"key\":{\"algo\":\"rsa\",\"size\":$bits}}"
done
for bits in 256 384 521; do
  req "p$bits.pem" accept "key on P-$bits" "{$names,$hosts,\"key\":{\"algo\":\"ecdsa\",\"size\":$bits}}"
done
ec='"key":{"algo":"ecdsa","size":256}'
req names.pem accept "every kind of name that is granted" "{$names,\"hosts\":[\"www.example.com\",\"*.example.com\",\"192.0.2.1\",\"2001:db8::1\",\"eva@example.com\"],$ec}"
req uri.pem unacceptable-name "a URI, which cfssl 1.2 writes as a DNS name" "{$names,\"hosts\":[\"https://www.example.com/a\"],$ec}"
req no-hosts.pem accept "no alternative name" "{$names,$ec}"
req hosts-only.pem accept "no subject, but names" "{$hosts,$ec}"
req ca.pem ca-requested "basicConstraints CA:TRUE" "{$names,\"ca\":{\"expiry\":\"8760h\",\"pathlen\":1},$ec}" -initca
req ca-pathlen-zero.pem ca-requested "basicConstraints CA:TRUE with path length 0" "{$names,\"ca\":{\"pathlen\":0,\"pathlenzero\":true},$ec}" -initca
req space.pem unacceptable-name "a blank in a DNS name" "{$names,\"hosts\":[\"www example.com\"],$ec}"
req comma.pem unacceptable-name "a comma in a DNS name" "{$names,\"hosts\":[\"a.example.com,b.example.com\"],$ec}"
req underscore.pem accept "an underscore in a DNS name" "{$names,\"hosts\":[\"_acme.example.com\"],$ec}"
req serial.pem accept "serialNumber in the subject" "{\"CN\":\"eva\",\"serialnumber\":\"4711\",$ec}"
req long-cn.pem unacceptable-subject "commonName of 65 characters" "{\"CN\":\"$(printf 'a%.0s' {1..65})\",$ec}"
req country.pem unacceptable-subject "countryName of three letters" "{\"CN\":\"eva\",\"names\":[{\"C\":\"CHE\"}],$ec}"
