#!/usr/bin/env bash
# Fuzzes: fuzz/run.sh SECONDS [TARGET...], all targets unless some are named. Inputs gather in
# fuzz/corpus, findings in fuzz/artifacts; a finding ends the run. Then it says which input is slowest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:/opt/cargo-tools/bin"
# Sanitizers and coverage are flags of the nightly compiler; this lets the stable one take them. The
# code is safe Rust above OpenSSL, so coverage is what counts: no sanitizer.
export RUSTC_BOOTSTRAP=1

readonly SECONDS_EACH=$1
shift
TARGETS=("$@")
((${#TARGETS[@]})) || TARGETS=(request key_policy road proxy settings problem)

cargo run --quiet --manifest-path ../Cargo.toml -p sapi-tests --example fuzz -- seeds corpus
for target in "${TARGETS[@]}"; do
    more=()
    # What real tools write, and what is wrong in one way only, is where the reader's fuzzing begins.
    [[ $target == request && -d ../tests/corpus/made ]] && more=(../tests/corpus/made ../tests/corpus/tools)
    mkdir -p "corpus/$target"
    # Time is the wall's, and machines are busy: `fuzz slowest` judges who takes long (100 ms).
    cargo fuzz run --sanitizer none "$target" "corpus/$target" "${more[@]}" -- \
        -max_total_time="$SECONDS_EACH" -dict="dictionaries/$target.dict" -max_len=16384 \
        -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity="${VERBOSITY:-1}"
done
