"""Verifies every case of a folder with pyca/cryptography's verifier: pyca.py FOLDER

It knows the web's algorithms, so no Ed25519, and by its defaults wants alternative names; for
certificates without any, the policy is eased on that point alone.
"""

import pathlib
import sys

from cryptography import x509
from cryptography.x509 import verification as v


def main(folder):
    cases = faults = 0
    for line in (folder / "cases.txt").read_text().splitlines():
        name, ca, client, host = line.split(" ")
        if "ed25519" in (ca, client):
            continue
        cases += 1
        try:
            verify(folder, name, host)
        except Exception as fault:
            faults += 1
            print(f"{name}: {fault!r}")
    print(f"{cases} cases, {faults} faults")
    return 1 if faults else 0


def verify(folder, name, host):
    def read(kind):
        pem = (folder / f"{name}.{kind}.pem").read_bytes()
        return x509.load_pem_x509_certificates(pem) if pem.strip() else []

    leaf, between = read("leaf")[0], read("mid")
    builder = v.PolicyBuilder().store(v.Store(read("root")))
    names = [e for e in leaf.extensions if e.oid == x509.SubjectAlternativeName.oid]
    if names:
        builder.build_client_verifier().verify(leaf, between)
    else:
        names = x509.SubjectAlternativeName
        ee = v.ExtensionPolicy.webpki_defaults_ee().may_be_present(
            names, v.Criticality.AGNOSTIC, None
        )
        ca = v.ExtensionPolicy.webpki_defaults_ca()
        eased = builder.extension_policies(ca_policy=ca, ee_policy=ee)
        eased.build_client_verifier().verify(leaf, between)
    if host != "-":
        builder.build_server_verifier(x509.DNSName(host)).verify(leaf, between)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
