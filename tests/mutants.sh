#!/bin/sh
# Mutation testing: which changes of the code would no test notice?
#
#     tests/mutants.sh                              all of request/, certificate/, hooks/ and the pipeline: hours
#     tests/mutants.sh -f '**/pem.rs'               one file
#     tests/mutants.sh -F 'replace .* in read_name' some of them; any argument of `cargo mutants`
#     TESTS='request:: outside::road' tests/mutants.sh -f '**/pem.rs'
#                                                   judged by some tests: arguments of the test program
#
# Each mutant is built and tested anew, so both must be quick. The script builds only the crate `sapi`, without its
# server. It builds the outside tests of the road (`tests/road`, `tests/properties`, and those of `tests/integrator`
# that need no program) into it, as a module of its own tests. It does so in a copy.
#
# It needs cargo-mutants (`cargo install --locked cargo-mutants`). The result is in target/mutants/mutants.out.
set -eu
cd "$(dirname "$0")/.."
OUT=$PWD/target/mutants
COPY=$(mktemp -d)
trap 'rm -rf "$COPY"' EXIT
mkdir -p "$OUT"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$COPY"
cd "$COPY"

# cargo builds the crate once if it does not depend on itself and has no tests in its documentation.
sed -i '/^# Itself:/d; /^sapi = { path = "\."/d; s/^\[features\]$/[lib]\ndoctest = false\n\n[features]/' sapi/Cargo.toml
sed -i '/^\[dev-dependencies\]$/a arbitrary.workspace = true\nproptest.workspace = true\nrustls-pki-types.workspace = true\
toml.workspace = true\ntracing-subscriber.workspace = true\nwebpki.workspace = true\nx509-parser.workspace = true' sapi/Cargo.toml
mkdir -p sapi/src/outside/integrator
cp -r tests/road tests/properties tests/properties.rs tests/support/generated sapi/src/outside/
for module in invariants verifiers tool python; do cp "tests/support/$module.rs" sapi/src/outside/; done
for module in conformance constraints policy; do
    cp "tests/integrator/$module.rs" sapi/src/outside/integrator/
    echo "mod $module;" >>sapi/src/outside/integrator.rs
done
cat >sapi/src/outside/mod.rs <<'EOF'
#![allow(warnings)]
pub mod generated;
pub mod integrator;
pub mod invariants;
pub mod properties;
pub mod python;
pub mod road;
pub mod tool;
pub mod verifiers;
EOF
# There `sapi` is the crate itself, and the tests' support is this module; "sapi::audit" is a text.
find sapi/src/outside -name '*.rs' -exec sed -i -E \
    's/\bcrate::/crate::outside::/g; s/\bsapi_tests::/crate::outside::/g; s/(^|[^"[:alnum:]_])sapi::/\1crate::/g' {} +
sed -i '0,/^mod /s/^mod /#[cfg(test)]\nmod outside;\nmod /' sapi/src/lib.rs

# Time limits catch a mutant that loops while it compiles or runs.
TESTS=${TESTS:---skip identity:: --skip stock::journal --skip keys_made_by}
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 CARGO_INCREMENTAL=1
[ $# -gt 0 ] || set -- -f 'sapi/src/request/**' -f 'sapi/src/certificate/**' -f 'sapi/src/hooks/**' \
    -f sapi/src/pipeline.rs -f 'sapi/src/pipeline/**'
# shellcheck disable=SC2086 # these are words
cargo mutants --no-config --gitignore=false --package sapi --no-shuffle \
    -E 'impl fmt::Debug' --no-default-features --features testing --jobs 2 --timeout 120 --build-timeout 120 \
    --cap-lints=true --output "$OUT" "$@" -- --lib -- $TESTS
