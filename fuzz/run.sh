#!/usr/bin/env bash
# Fuzzes all targets, or those named: fuzz/run.sh SECONDS [TARGET...]. Inputs gather in
# fuzz/corpus, findings in fuzz/artifacts; a finding ends the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:/opt/cargo-tools/bin"
# Sanitizers and coverage are flags of the nightly compiler; this lets the stable one take them. The
# code is safe Rust above OpenSSL, so only coverage counts: no sanitizer.
export RUSTC_BOOTSTRAP=1

readonly SECONDS_EACH=$1
shift
TARGETS=("$@")
((${#TARGETS[@]})) || TARGETS=(request key_policy road proxy settings problem)

cargo run --quiet --manifest-path ../Cargo.toml -p sapi-tests --example fuzz -- seeds corpus
for target in "${TARGETS[@]}"; do
    more=()
    # The fuzzing of the reader begins with requests of real tools, and with requests that are wrong in one way.
    [[ $target == request && -d ../tests/corpus/made ]] && more=(../tests/corpus/made ../tests/corpus/tools)
    mkdir -p "corpus/$target"
    # This limit is in time on the wall, and machines are busy. `fuzz slowest` finds slow inputs (100 ms).
    cargo fuzz run --sanitizer none "$target" "corpus/$target" "${more[@]}" -- \
        -max_total_time="$SECONDS_EACH" -dict="dictionaries/$target.dict" -max_len=16384 \
        -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity="${VERBOSITY:-1}"
done
