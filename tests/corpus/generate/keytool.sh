#!/bin/bash
# Requests by Java's keytool. Needs: keytool (a JDK, 17 or later).
# Usage: keytool.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
store=(-keystore "$work/store.p12" -storepass changeit -storetype PKCS12)

key() { keytool -genkeypair -alias "$1" "${store[@]}" -dname "${dname:-CN=www.example.com, OU=Unit, O=Example, L=Bern, ST=Bern, C=CH}" "${@:2}" >/dev/null 2>&1; }
req() { # file, expected, why, alias, further arguments
  keytool -certreq -alias "$4" "${store[@]}" -file "$out/$1" "${@:5}" >/dev/null 2>&1
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
for bits in 2048 3072 4096; do
  key "rsa$bits" -keyalg RSA -keysize $bits
  req "rsa$bits.pem" accept "RSA key of $bits bits" "rsa$bits"
done
key rsa1024 -keyalg RSA -keysize 1024
req rsa1024.pem weak-key "RSA key of only 1024 bits" rsa1024
for curve in secp256r1 secp384r1 secp521r1; do
  key $curve -keyalg EC -groupname $curve
  req "$curve.pem" accept "key on $curve" $curve
done
key ed25519 -keyalg Ed25519
req ed25519.pem accept "Ed25519 key" ed25519
key ed448 -keyalg Ed448
req ed448.pem unsupported-key "Ed448 is not on the list" ed448
key dsa -keyalg DSA -keysize 2048
req dsa2048.pem unsupported-key "DSA key" dsa
key pss -keyalg RSASSA-PSS -keysize 2048
req rsa-pss-key.pem unsupported-key "key of type id-RSASSA-PSS" pss
k=secp256r1
req san.pem accept "every kind of name that is granted" $k -ext "SAN=dns:www.example.com,dns:example.com,ip:192.0.2.1,ip:2001:db8::1,email:eva@example.com,uri:https://www.example.com/"
req san-critical.pem accept "critical alternative name" $k -ext "SAN:critical=dns:www.example.com"
req san-oid.pem unacceptable-name "registered identifier" $k -ext "SAN=dns:www.example.com,oid:1.2.3.4"
req usages.pem accept "keyUsage and extendedKeyUsage" $k -ext KU=digitalSignature -ext EKU=serverAuth,clientAuth
req bc-false.pem accept "basicConstraints CA:FALSE" $k -ext BC=ca:false
req bc-true.pem ca-requested "basicConstraints CA:TRUE" $k -ext BC=ca:true
req ku-certsign.pem ca-requested "keyUsage keyCertSign" $k -ext KU=keyCertSign
req ku-crlsign.pem ca-requested "keyUsage cRLSign" $k -ext KU=cRLSign
req rsa-sha384.pem accept "RSA with SHA-384" rsa2048 -sigalg SHA384withRSA
req rsa-sha512.pem accept "RSA with SHA-512" rsa2048 -sigalg SHA512withRSA
req rsa-sha1.pem weak-signature "RSA with SHA-1" rsa2048 -sigalg SHA1withRSA
req rsa-md5.pem weak-signature "RSA with MD5" rsa2048 -sigalg MD5withRSA
req ec-sha1.pem weak-signature "ECDSA with SHA-1" $k -sigalg SHA1withECDSA
req ec-sha512.pem accept "ECDSA with SHA-512" $k -sigalg SHA512withECDSA
req dname.pem accept "another subject" $k -dname "CN=Eva Müller, O=Example, C=DE"
req unknown-ext.pem accept "unknown extension, ignored" $k -ext 1.2.3.4.5=05:00
dname="CN=München, O=Stadt" key utf8 -keyalg EC -groupname secp256r1
req utf8.pem accept "UTF-8 subject" utf8
