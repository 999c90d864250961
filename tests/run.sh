#!/usr/bin/env bash
# Installs what the tests need, and runs them: tests/run.sh [ARGUMENT OF CARGO TEST...]
# Fails too if a test leaves a process behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests/setup.sh tests
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
exec tests/leftovers.py cargo test --workspace "$@"
