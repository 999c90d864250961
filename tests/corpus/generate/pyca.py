#!/usr/bin/env python3
"""Requests by pyca/cryptography. Needs: pip install cryptography.

Usage: pyca.py OUT; prints one line "file TAB expected TAB why" for each request written.
"""

import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID, ExtendedKeyUsageOID, NameOID

OUT = pathlib.Path(sys.argv[1])
CN = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.com")])


def write(file, expected, why, key, *extensions, subject=CN, attributes=(), digest=None, **options):
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.KeyUsage))
    for kind, value in attributes:
        builder = builder.add_attribute(kind, value)
    if digest is None and not isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)):
        digest = hashes.SHA256()
    request = builder.sign(key, digest, **options)
    (OUT / file).write_bytes(request.public_bytes(Encoding.PEM if file.endswith(".pem") else Encoding.DER))
    print(file, expected, why, sep="\t")


def san(*names):
    return x509.SubjectAlternativeName(names)


def usage(**wanted):
    every = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in every.split()})


def keys():
    for bits in (2048, 3072, 4096):
        write(f"rsa{bits}.pem", "accept", f"RSA key of {bits} bits", rsa.generate_private_key(65537, bits))
    write("rsa1024.pem", "weak-key", "RSA key of only 1024 bits", rsa.generate_private_key(65537, 1024))
    write("rsa-e3.pem", "weak-key", "RSA exponent 3", rsa.generate_private_key(3, 2048))
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
        write(f"{curve.name}.pem", "accept", f"key on {curve.name}", ec.generate_private_key(curve))
    for curve in (ec.SECP192R1(), ec.SECP224R1(), ec.SECP256K1(), ec.BrainpoolP256R1(), ec.BrainpoolP384R1(), ec.BrainpoolP512R1()):
        write(f"{curve.name}.pem", "unsupported-key", f"curve {curve.name} is not on the list", ec.generate_private_key(curve))
    write("ed25519.pem", "accept", "Ed25519 key", ed25519.Ed25519PrivateKey.generate())
    write("ed448.pem", "unsupported-key", "Ed448 is not on the list", ed448.Ed448PrivateKey.generate())
    write("dsa2048.pem", "unsupported-key", "DSA key", dsa.generate_private_key(2048))


def signatures(key, rsa_key):
    for digest in (hashes.SHA384(), hashes.SHA512()):
        write(f"ec-{digest.name}.pem", "accept", f"ECDSA with {digest.name}", key, digest=digest)
        write(f"rsa-{digest.name}.pem", "accept", f"RSA with {digest.name}", rsa_key, digest=digest)
    for digest in (hashes.SHA224(), hashes.SHA3_256()):
        write(f"ec-{digest.name}.pem", "weak-signature", f"ECDSA with {digest.name}", key, digest=digest)
        write(f"rsa-{digest.name}.pem", "weak-signature", f"RSA with {digest.name}", rsa_key, digest=digest)
    for digest in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        pss = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
        write(f"pss-{digest.name}.pem", "accept", f"RSA-PSS with {digest.name}", rsa_key, digest=digest, rsa_padding=pss)
    for length in (0, 20, 64):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), length)
        write(f"pss-salt-{length}.pem", "weak-signature", f"RSA-PSS with SHA-256 and a salt of {length}", rsa_key, rsa_padding=pss)


def extensions(key):
    dns, ip = x509.DNSName("www.example.com"), x509.IPAddress
    every = (dns, ip(ipaddress.ip_address("192.0.2.1")), ip(ipaddress.ip_address("2001:db8::1")), x509.RFC822Name("eva@example.com"), x509.UniformResourceIdentifier("https://www.example.com/"))
    write("names.pem", "accept", "every kind of name that is granted", key, san(*every))
    write("names.der", "accept", "DER", key, san(*every))
    write("san-only.pem", "accept", "no subject, but a name", key, san(dns), subject=x509.Name([]))
    write("empty.pem", "no-name", "neither subject nor alternative name", key, subject=x509.Name([]))
    write("network.pem", "unacceptable-name", "an IP network in place of an address", key, san(dns, ip(ipaddress.ip_network("192.0.2.0/24"))))
    write("network6.pem", "unacceptable-name", "an IPv6 network in place of an address", key, san(dns, ip(ipaddress.ip_network("2001:db8::/32"))))
    write("othername.pem", "unacceptable-name", "otherName (user principal name)", key, san(dns, x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x03eva")))
    write("dirname.pem", "unacceptable-name", "directory name", key, san(dns, x509.DirectoryName(CN)))
    write("rid.pem", "unacceptable-name", "registered identifier", key, san(dns, x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4"))))
    write("usages.pem", "accept", "keyUsage and extendedKeyUsage", key, usage(digital_signature=True, key_encipherment=True), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]))
    write("must-staple.pem", "accept", "TLS feature (must staple)", key, x509.TLSFeature([x509.TLSFeatureType.status_request]))
    write("ski.pem", "accept", "subjectKeyIdentifier", key, x509.SubjectKeyIdentifier.from_public_key(key.public_key()))
    write("ca-false.pem", "accept", "basicConstraints CA:FALSE", key, x509.BasicConstraints(False, None))
    write("ca-true.pem", "ca-requested", "basicConstraints CA:TRUE", key, x509.BasicConstraints(True, 3))
    write("certsign.pem", "ca-requested", "keyUsage keyCertSign", key, usage(key_cert_sign=True))
    write("crlsign.pem", "ca-requested", "keyUsage cRLSign", key, usage(digital_signature=True, crl_sign=True))
    write("unknown.pem", "accept", "unknown extension, ignored", key, x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"anything"))


def rest(key):
    challenge = (AttributeOID.CHALLENGE_PASSWORD, b"example-challenge")
    unstructured = (AttributeOID.UNSTRUCTURED_NAME, b"Example")
    write("challenge.pem", "accept", "challengePassword", key, attributes=[challenge])
    write("attributes.pem", "accept", "challengePassword, unstructuredName and a name", key, san(x509.DNSName("www.example.com")), attributes=[challenge, unstructured])
    full = [(NameOID.COUNTRY_NAME, "CH"), (NameOID.STATE_OR_PROVINCE_NAME, "Bern"), (NameOID.LOCALITY_NAME, "Bern"), (NameOID.ORGANIZATION_NAME, "Müller & Söhne"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "Unit"), (NameOID.COMMON_NAME, "Eva Müller"), (NameOID.SERIAL_NUMBER, "4711"), (NameOID.EMAIL_ADDRESS, "eva@example.com"), (NameOID.DOMAIN_COMPONENT, "example"), (NameOID.USER_ID, "eva"), (NameOID.JURISDICTION_COUNTRY_NAME, "CH"), (NameOID.BUSINESS_CATEGORY, "Private Organization")]
    write("subject.pem", "accept", "a full subject", key, subject=x509.Name([x509.NameAttribute(*pair) for pair in full]))


def main():
    key = ec.generate_private_key(ec.SECP256R1())
    keys()
    signatures(key, rsa.generate_private_key(65537, 2048))
    extensions(key)
    rest(key)


if __name__ == "__main__":
    main()
