"""Lints every certificate of a folder with pkilint's profile of RFC 5280: lint.py FOLDER"""

import pathlib
import sys

from pkilint import loader, report
from pkilint.pkix import certificate, extension, name
from pkilint.validation import ValidationFindingSeverity


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
        if report.get_findings_count(results, severity):
            faults += 1
            print(f"{path.name}: {printer(results, severity).generate()}")
    print(f"{files} files, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
