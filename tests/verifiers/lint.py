"""Lints every certificate of a folder with pkilint's profile of RFC 5280: lint.py FOLDER

Two of its errors are none of RFC 5280, and are let pass where the value is of that form:

- a wildcard as the first label: section 4.2.1.6 leaves them to other documents (RFC 9525);
- a URI of another scheme than the web's: section 4.2.1.6 asks for RFC 3986, which such URIs keep to;
  pkilint knows but some schemes.
"""

import pathlib
import re
import sys

from pkilint import loader, report
from pkilint.pkix import certificate, extension, name
from pkilint.validation import ValidationFindingSeverity


EXCUSED = [
    r'invalid_domain_name_syntax .*"\*\.(example\.(com|org))"',
    r'invalid_uri_syntax .*"(spiffe://example\.com/web/01|urn:uuid:[0-9a-f-]{36})"',
]


def main(folder):
    rules = certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(
            name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
        ),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    printer = report.ReportGeneratorPlaintext
    severity = ValidationFindingSeverity.ERROR
    files = faults = 0
    # The roots and intermediates are linted too.
    for path in sorted(folder.glob("*.pem")):
        pem = path.read_text()
        if not pem.strip():
            continue
        files += 1
        document = loader.RFC5280CertificateDocumentLoader().load_pem_document(pem, path.name)
        results = rules.validate(document.root)
        text = printer(results, severity).generate()
        findings = [line for line in text.splitlines() if line.startswith("    ")]
        if not all(any(re.search(form, line) for form in EXCUSED) for line in findings):
            faults += 1
            print(f"{path.name}: {text}")
    print(f"{files} files, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
