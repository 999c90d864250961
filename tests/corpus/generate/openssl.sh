#!/bin/bash
# Requests by openssl 3. Needs: openssl.
# Usage: openssl.sh OUT; prints one line "file TAB expected TAB why" for each request written.
set -euo pipefail
out=$1; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

key() { # name, then the arguments of genpkey; a key is made once
  [ -e "$work/$1.key" ] || openssl genpkey -quiet -out "$work/$1.key" "${@:2}" 2>/dev/null ||
    openssl genpkey -out "$work/$1.key" "${@:2}" 2>/dev/null
}
req() { # file, expected, why, key, then the arguments of req
  openssl req -new -batch -key "$work/$4.key" -out "$out/$1" "${@:5}" 2>/dev/null
  printf '%s\t%s\t%s\n' "$1" "$2" "$3"
}
ext() { req "$1" "$2" "$3" p256 -subj "${5-/CN=ext.example.com}" -addext "$4"; }

key rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
cn=/CN=www.example.com

# Kinds of keys.
for bits in 2048 3072 4096 8192; do
  key "rsa$bits" -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits"
  req "rsa$bits.pem" accept "RSA key of $bits bits" "rsa$bits" -subj $cn
done
for bits in 512 1024 1536 2040; do
  key "rsa$bits" -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits"
  req "rsa$bits.pem" weak-key "RSA key of only $bits bits" "rsa$bits" -subj $cn
done
key rsa2050 -algorithm RSA -pkeyopt rsa_keygen_bits:2050
req rsa2050.pem weak-key "the size of the modulus is not a multiple of 8 bits" rsa2050 -subj $cn
for e in 3 17; do
  key "rsa-e$e" -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt "rsa_keygen_pubexp:$e"
  req "rsa-e$e.pem" weak-key "RSA exponent $e" "rsa-e$e" -subj $cn
done
key rsa-e-large -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:4294967311
req rsa-e-large.pem accept "RSA exponent 4294967311, odd and above 65537" rsa-e-large -subj $cn
for curve in P-384 P-521; do
  key $curve -algorithm EC -pkeyopt ec_paramgen_curve:$curve
  req "$curve.pem" accept "key on $curve" $curve -subj $cn
done
req p256.pem accept "key on P-256" p256 -subj $cn
for curve in secp224r1 prime192v1 secp256k1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 secp112r1 sect283r1; do
  key $curve -algorithm EC -pkeyopt ec_paramgen_curve:$curve
  req "$curve.pem" unsupported-key "curve $curve is not on the list" $curve -subj $cn
done
key explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
req p256-explicit.pem unsupported-key "P-256 written as explicit parameters" explicit -subj $cn
openssl ec -in "$work/p256.key" -conv_form compressed -out "$work/compressed.key" 2>/dev/null
req p256-compressed.pem unsupported-key "compressed point" compressed -subj $cn
openssl ec -in "$work/p256.key" -conv_form hybrid -out "$work/hybrid.key" 2>/dev/null
req p256-hybrid.pem unsupported-key "hybrid point" hybrid -subj $cn
key ed25519 -algorithm ED25519
req ed25519.pem accept "Ed25519 key" ed25519 -subj $cn
key ed448 -algorithm ED448
req ed448.pem unsupported-key "Ed448 is not on the list" ed448 -subj $cn
openssl dsaparam -genkey -out "$work/dsa.key" 2048 2>/dev/null
req dsa2048.pem unsupported-key "DSA key" dsa -subj $cn -sha256
key pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
req rsa-pss-key.pem unsupported-key "key of type id-RSASSA-PSS" pss -subj $cn

# Digests and paddings.
for md in sha384 sha512; do
  req "rsa2048-$md.pem" accept "RSA with $md" rsa2048 -subj $cn "-$md"
  req "p256-$md.pem" accept "ECDSA with $md" p256 -subj $cn "-$md"
done
for md in md5 sha1 sha224 sha512-256 sha3-256; do
  req "rsa2048-$md.pem" weak-signature "RSA with $md" rsa2048 -subj $cn "-$md"
done
for md in sha1 sha224 sha3-256; do
  req "p256-$md.pem" weak-signature "ECDSA with $md" p256 -subj $cn "-$md"
done
for md in sha256 sha384 sha512; do
  req "pss-$md.pem" accept "RSA-PSS with $md, its MGF1 and a salt as long" rsa2048 -subj $cn "-$md" \
    -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
done
req pss-salt-max.pem weak-signature "RSA-PSS with the longest salt" rsa2048 -subj $cn \
  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max
req pss-salt-20.pem weak-signature "RSA-PSS with SHA-256 and a salt of 20" rsa2048 -subj $cn \
  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20
req pss-mgf-other.pem weak-signature "RSA-PSS whose MGF1 has another digest" rsa2048 -subj $cn -sha256 \
  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sigopt rsa_mgf1_md:sha384
req pss-sha1.pem weak-signature "RSA-PSS with SHA-1" rsa2048 -subj $cn -sha1 \
  -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest

# Framing.
req newhdr.pem accept "label NEW CERTIFICATE REQUEST" p256 -subj $cn -newhdr
req request.der accept "DER" p256 -subj $cn -outform DER
req rsa.der accept "DER" rsa2048 -subj $cn -outform DER
req text.pem accept "openssl's text in front of the block" p256 -subj $cn -text
req text-rsa.pem accept "openssl's text in front of the block" rsa2048 -subj "$cn" -text -addext "subjectAltName=DNS:www.example.com,IP:192.0.2.1"
req crlf.pem accept "lines end with CR LF" p256 -subj $cn
sed -i 's/$/\r/' "$out/crlf.pem"

# Subjects.
req subject-long.pem accept "every usual attribute of a subject" p256 -utf8 -nameopt utf8 \
  -subj "/C=DE/ST=Bayern/L=München/O=Müller & Söhne/OU=Zentrale/CN=www.example.com/emailAddress=ca@example.com/serialNumber=4711/title=Dr./GN=Eva/SN=Müller/DC=example/UID=eva"
req subject-multi-rdn.pem accept "several attributes in one relative name" p256 -multivalue-rdn -subj "/CN=www.example.com+O=Example/C=DE"
req subject-empty-san.pem accept "no subject, but a name" p256 -subj / -addext subjectAltName=DNS:www.example.com
req subject-empty.pem no-name "neither subject nor alternative name" p256 -subj /
req subject-teletex.pem unacceptable-subject "TeletexString (openssl's choice for Latin-1 under string_mask default)" p256 \
  -config <(printf '[req]\nprompt=no\nstring_mask=default\nutf8=yes\ndistinguished_name=dn\n[dn]\nO=Müller\nCN=www.example.com\n')
req subject-bmp.pem unacceptable-subject "BMPString" p256 \
  -config <(printf '[req]\nprompt=no\nstring_mask=pkix\nutf8=yes\ndistinguished_name=dn\n[dn]\nO=Łódź\nCN=www.example.com\n')

# Kinds of names.
ext san-dns.pem accept "DNS names" "subjectAltName=DNS:ext.example.com,DNS:www.example.com,DNS:xn--mller-kva.example"
ext san-wildcard.pem accept "wildcard" "subjectAltName=DNS:*.example.com"
ext san-ip.pem accept "IPv4 and IPv6 addresses" "subjectAltName=IP:192.0.2.1,IP:2001:db8::1"
ext san-email.pem accept "mail address" "subjectAltName=email:eva@example.com"
ext san-uri.pem accept "URIs" "subjectAltName=URI:https://www.example.com/a?b=c#d,URI:spiffe://example.org/ns/a/sa/b,URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
ext san-all.pem accept "every kind of name that is granted" "subjectAltName=DNS:ext.example.com,IP:192.0.2.1,IP:2001:db8::1,email:eva@example.com,URI:https://example.com/"
ext san-critical.pem accept "critical alternative names" "subjectAltName=critical,DNS:www.example.com" /
ext san-rid.pem unacceptable-name "registered identifier" "subjectAltName=RID:1.2.3.4"
ext san-othername.pem unacceptable-name "otherName (user principal name)" "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:eva@example.com"
req san-dirname.pem unacceptable-name "directory name" p256 \
  -config <(printf '[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=v3\n[v3]\nsubjectAltName=dirName:dn\n[dn]\nCN=www.example.com\n')
ext san-star.pem unacceptable-name "the name is a bare asterisk" "subjectAltName=DNS:*"
ext san-inner-star.pem unacceptable-name "wildcard within a label" "subjectAltName=DNS:w*.example.com"
ext san-ip-text.pem unacceptable-name "IP address as the text of a DNS name" "subjectAltName=DNS:192.0.2.1"

# Other extensions asked for: read, and left out of the certificate.
ext ku.pem accept "keyUsage digitalSignature, keyEncipherment" "keyUsage=critical,digitalSignature,keyEncipherment"
ext eku.pem accept "extendedKeyUsage" "extendedKeyUsage=serverAuth,clientAuth,codeSigning"
ext ski.pem accept "subjectKeyIdentifier" "subjectKeyIdentifier=hash"
ext tlsfeature.pem accept "TLS feature (must staple)" "tlsfeature=status_request"
ext ca-false.pem accept "basicConstraints CA:FALSE" "basicConstraints=critical,CA:FALSE"
ext policies.pem accept "certificatePolicies, ignored" "certificatePolicies=1.2.3.4"
ext name-constraints.pem accept "nameConstraints, ignored" "nameConstraints=critical,permitted;DNS:.example.com"
ext crldp.pem accept "cRLDistributionPoints, ignored" "crlDistributionPoints=URI:http://crl.example.com/a.crl"
ext nscerttype.pem accept "Netscape certificate type, ignored" "nsCertType=server"
ext ms-template.pem accept "Microsoft's certificate template name" "1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:WebServer"
ext unknown-critical.pem accept "unknown critical extension, ignored" "1.2.3.4.5=critical,ASN1:UTF8String:hello"
ext ca-true.pem ca-requested "basicConstraints CA:TRUE" "basicConstraints=critical,CA:TRUE"
ext ca-pathlen.pem ca-requested "basicConstraints CA:TRUE with a path length" "basicConstraints=CA:TRUE,pathlen:0"
ext ku-certsign.pem ca-requested "keyUsage keyCertSign" "keyUsage=digitalSignature,keyCertSign"
ext ku-crlsign.pem ca-requested "keyUsage cRLSign" "keyUsage=cRLSign"

# Attributes.
attr() { req "$1" "$2" "$3" p256 -config <(printf "[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\n[dn]\nCN=www.example.com\n[at]\n$4\n"); }
attr challenge.pem accept "challengePassword" "challengePassword=example-challenge"
attr unstructured.pem accept "unstructuredName" "unstructuredName=An optional company"
attr both.pem accept "challengePassword and unstructuredName" "challengePassword=example-challenge\nunstructuredName=Example"
