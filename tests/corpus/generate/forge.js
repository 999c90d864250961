// Requests by node-forge. Needs: node, npm install node-forge (NODE_PATH set to its node_modules).
// Usage: node forge.js OUT; prints one line "file TAB expected TAB why" for each request written.
"use strict";
const forge = require("node-forge");
const fs = require("fs");
const path = require("path");
const out = process.argv[2];

function key(bits, e = 0x10001) {
  return forge.pki.rsa.generateKeyPair({ bits, e });
}

function write(file, expected, why, keys, options = {}) {
  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = keys.publicKey;
  csr.setSubject(options.subject || [{ name: "commonName", value: "www.example.com" }, { name: "countryName", value: "CH" }, { name: "organizationName", value: "Example" }]);
  if (options.attributes) csr.setAttributes(options.attributes);
  csr.sign(keys.privateKey, options.digest || forge.md.sha256.create());
  const der = forge.asn1.toDer(forge.pki.certificationRequestToAsn1(csr)).getBytes();
  const body = file.endsWith(".der") ? Buffer.from(der, "binary") : Buffer.from(forge.pki.certificationRequestToPem(csr));
  fs.writeFileSync(path.join(out, file), body);
  console.log([file, expected, why].join("\t"));
}

const extensions = (...list) => [{ name: "extensionRequest", extensions: list }];
const names = (...altNames) => extensions({ name: "subjectAltName", altNames });
const k = key(2048);
write("rsa2048.pem", "accept", "RSA key of 2048 bits, lines end with CR LF", k);
write("rsa3072.pem", "accept", "RSA key of 3072 bits", key(3072));
write("rsa1024.pem", "weak-key", "RSA key of only 1024 bits", key(1024));
write("rsa-e3.pem", "weak-key", "RSA exponent 3", key(2048, 3));
write("request.der", "accept", "DER", k);
write("names.pem", "accept", "every kind of name that is granted", k, { attributes: names({ type: 2, value: "www.example.com" }, { type: 7, ip: "192.0.2.1" }, { type: 1, value: "eva@example.com" }, { type: 6, value: "https://www.example.com/" }) });
write("challenge.pem", "accept", "challengePassword and unstructuredName", k, { attributes: [{ name: "challengePassword", value: "example-challenge" }, { name: "unstructuredName", value: "Example" }] });
write("challenge-and-names.pem", "accept", "challengePassword beside extensions", k, { attributes: [{ name: "challengePassword", value: "example-challenge" }, ...names({ type: 2, value: "www.example.com" })] });
write("usages.pem", "accept", "keyUsage and extendedKeyUsage", k, { attributes: extensions({ name: "keyUsage", digitalSignature: true, keyEncipherment: true }, { name: "extKeyUsage", serverAuth: true, clientAuth: true }) });
write("ca-false.pem", "accept", "basicConstraints CA:FALSE", k, { attributes: extensions({ name: "basicConstraints", cA: false }) });
write("ca-true.pem", "ca-requested", "basicConstraints CA:TRUE", k, { attributes: extensions({ name: "basicConstraints", cA: true }) });
write("certsign.pem", "ca-requested", "keyUsage keyCertSign", k, { attributes: extensions({ name: "keyUsage", keyCertSign: true }) });
write("duplicate-extension.pem", "duplicate-extension", "the same extension twice", k, { attributes: extensions({ name: "extKeyUsage", serverAuth: true }, { name: "extKeyUsage", clientAuth: true }) });
write("sha384.pem", "accept", "RSA with SHA-384", k, { digest: forge.md.sha384.create() });
write("sha512.pem", "accept", "RSA with SHA-512", k, { digest: forge.md.sha512.create() });
write("sha1.pem", "weak-signature", "RSA with SHA-1", k, { digest: forge.md.sha1.create() });
write("md5.pem", "weak-signature", "RSA with MD5", k, { digest: forge.md.md5.create() });
write("nul.pem", "unacceptable-name", "NUL in a DNS name", k, { attributes: names({ type: 2, value: "www.example.com\0.example.net" }) });
write("newline.pem", "unacceptable-name", "newline in a DNS name", k, { attributes: names({ type: 2, value: "a.example.com\nb.example.com" }) });
write("country.pem", "unacceptable-subject", "countryName of three letters", k, { subject: [{ name: "countryName", value: "CHE" }] });
