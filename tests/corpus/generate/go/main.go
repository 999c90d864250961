// Requests by Go's crypto/x509. Needs: go 1.19 or later, nothing else.
// Usage: go run main.go OUT; prints one line "file TAB expected TAB why" for each request written.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
)

var out = os.Args[1]

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func write(file, expected, why string, key crypto.Signer, template x509.CertificateRequest) {
	der := must(x509.CreateCertificateRequest(rand.Reader, &template, key))
	body := der
	if filepath.Ext(file) == ".pem" {
		body = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
	}
	if err := os.WriteFile(filepath.Join(out, file), body, 0o644); err != nil {
		panic(err)
	}
	fmt.Printf("%s\t%s\t%s\n", file, expected, why)
}

func plain() x509.CertificateRequest {
	return x509.CertificateRequest{
		Subject:  pkix.Name{CommonName: "www.example.com", Organization: []string{"Example"}, Country: []string{"CH"}},
		DNSNames: []string{"www.example.com", "example.com"},
	}
}

func main() {
	var rsa2048 *rsa.PrivateKey
	for _, bits := range []int{1024, 2048, 3072, 4096} {
		key := must(rsa.GenerateKey(rand.Reader, bits))
		expected, why := "accept", fmt.Sprintf("RSA key of %d bits", bits)
		if bits < 2048 {
			expected = "weak-key"
		}
		if bits == 2048 {
			rsa2048 = key
		}
		write(fmt.Sprintf("rsa%d.pem", bits), expected, why, key, plain())
	}
	for name, curve := range map[string]elliptic.Curve{"p256": elliptic.P256(), "p384": elliptic.P384(), "p521": elliptic.P521()} {
		write(name+".pem", "accept", "key on "+curve.Params().Name, must(ecdsa.GenerateKey(curve, rand.Reader)), plain())
	}
	write("p224.pem", "unsupported-key", "P-224 is not on the list", must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader)), plain())
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	write("ed25519.pem", "accept", "Ed25519 key", ed, plain())

	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	all := plain()
	all.IPAddresses = []net.IP{net.ParseIP("192.0.2.1"), net.ParseIP("2001:db8::1")}
	all.EmailAddresses = []string{"eva@example.com"}
	all.URIs = []*url.URL{must(url.Parse("spiffe://example.org/a/b"))}
	write("names.pem", "accept", "every kind of name that is granted", key, all)
	write("names.der", "accept", "DER", key, all)
	write("names-rsa.der", "accept", "DER", rsa2048, all)
	write("san-only.pem", "accept", "no subject, but a name", key, x509.CertificateRequest{DNSNames: []string{"www.example.com"}})
	write("empty.pem", "no-name", "neither subject nor alternative name", key, x509.CertificateRequest{})
	write("subject-only.pem", "accept", "a subject and no alternative name", key, x509.CertificateRequest{Subject: pkix.Name{CommonName: "eva"}})

	for name, algorithm := range map[string]x509.SignatureAlgorithm{
		"sha384": x509.SHA384WithRSA, "sha512": x509.SHA512WithRSA,
	} {
		request := plain()
		request.SignatureAlgorithm = algorithm
		write("rsa-"+name+".pem", "accept", "signed by "+algorithm.String(), rsa2048, request)
	}
	pss := plain()
	pss.SignatureAlgorithm = x509.SHA256WithRSAPSS
	pssBytes := must(x509.CreateCertificateRequest(rand.Reader, &pss, rsa2048))
	if must(x509.ParseCertificateRequest(pssBytes)).CheckSignature() != nil {
		// Go before 1.20 says RSA-PSS and signs by PKCS #1.
		write("rsa-pss-sha256.pem", "bad-signature", "RSA-PSS declared, PKCS #1 signed (Go 1.19)", rsa2048, pss)
	} else {
		write("rsa-pss-sha256.pem", "accept", "RSA-PSS with SHA-256", rsa2048, pss)
	}
	sha1 := plain()
	sha1.SignatureAlgorithm = x509.SHA1WithRSA
	write("rsa-sha1.pem", "weak-signature", "RSA with SHA-1", rsa2048, sha1)
	for name, algorithm := range map[string]x509.SignatureAlgorithm{"sha384": x509.ECDSAWithSHA384, "sha512": x509.ECDSAWithSHA512} {
		request := plain()
		request.SignatureAlgorithm = algorithm
		write("ec-"+name+".pem", "accept", "signed by "+algorithm.String(), key, request)
	}
	ecSha1 := plain()
	ecSha1.SignatureAlgorithm = x509.ECDSAWithSHA1
	write("ec-sha1.pem", "weak-signature", "ECDSA with SHA-1", key, ecSha1)

	extension := func(file, expected, why string, id asn1.ObjectIdentifier, value any) {
		request := plain()
		request.ExtraExtensions = []pkix.Extension{{Id: id, Value: must(asn1.Marshal(value))}}
		write(file, expected, why, key, request)
	}
	extension("must-staple.pem", "accept", "TLS feature (must staple)", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, []int{5})
	extension("key-usage.pem", "accept", "keyUsage digitalSignature", asn1.ObjectIdentifier{2, 5, 29, 15}, asn1.BitString{Bytes: []byte{0x80}, BitLength: 1})
	extension("key-usage-ca.pem", "ca-requested", "keyUsage keyCertSign", asn1.ObjectIdentifier{2, 5, 29, 15}, asn1.BitString{Bytes: []byte{0x04}, BitLength: 6})
	extension("ca-true.pem", "ca-requested", "basicConstraints CA:TRUE", asn1.ObjectIdentifier{2, 5, 29, 19}, struct{ CA bool }{true})
	extension("ca-false.pem", "accept", "basicConstraints without CA", asn1.ObjectIdentifier{2, 5, 29, 19}, struct{}{})

	dup := plain()
	value := must(asn1.Marshal([]int{5}))
	id := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
	dup.ExtraExtensions = []pkix.Extension{{Id: id, Value: value}, {Id: id, Value: value}}
	write("duplicate-extension.pem", "duplicate-extension", "the same extension twice", key, dup)
}
