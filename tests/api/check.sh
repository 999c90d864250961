#!/usr/bin/env bash
# Compares the public interface with docs/api.txt: tests/api/check.sh [--write]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Only the nightly compiler writes rustdoc's JSON; this lets the stable one do it.
RUSTC_BOOTSTRAP=1 cargo rustdoc --quiet --locked -p sapi --features server,testing,internals -- \
    -Z unstable-options --output-format json --document-hidden-items
TARGET=$(cargo metadata --no-deps --format-version 1 | grep -o '"target_directory":"[^"]*"' | cut -d '"' -f 4)
exec python3 tests/api/listing.py "$TARGET/doc/sapi.json" "$@"
