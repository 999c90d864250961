#!/usr/bin/env bash
# Counts the instructions that one issuance costs the serving process, from the first octet of the
# request to the last of the answer. Fails if the count is more than 5 % above instructions.txt.
#
#     benches/instructions.sh            count and compare
#     benches/instructions.sh --write    count and write down
#
# The bench shell runs under valgrind's callgrind and answers N requests on one connection, then 2N: the
# difference leaves out its start and its end. Instructions, unlike time, hardly depend on what else
# the machine does: two runs differ by less than half a percent. They do depend on OpenSSL, on the
# architecture and on the compiler, so the file names these.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly COMMITTED=instructions.txt
readonly N=100
readonly ALLOWED=5

main() {
    cargo build --quiet --locked --release -p sapi-benches --bin limit
    LIMIT=$(cargo metadata --format-version 1 --no-deps |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/release/limit
    FOLDER=$(mktemp --directory)
    trap 'rm -r "$FOLDER"' EXIT

    local kinds counted lines failed=0
    lines="# $(platform)"$'\n'
    for kinds in rsa-2048/rsa-2048 p-256/p-256; do
        counted=$(per_issuance "${kinds%/*}" "${kinds#*/}")
        lines+="$kinds $counted"$'\n'
        compare "$kinds" "$counted" "${1:-}" || failed=1
    done
    if [[ ${1:-} == --write ]]; then
        printf '%s' "$lines" >"$COMMITTED"
    fi
    return $failed
}

per_issuance() {
    local once twice
    once=$(count "$1" "$2" "$N")
    twice=$(count "$1" "$2" $((2 * N)))
    echo $(((twice - once) / N))
}

# Counts all instructions of a shell that answers this many requests.
count() {
    local here="$FOLDER/$1"
    mkdir -p "$here"
    "$LIMIT" --child prepare >"$here/plan" \
        <<<"{\"ca\":\"$1\",\"client\":\"$2\",\"count\":$3,\"folder\":\"$here\"}"
    : >"$here/log"
    BENCH_SHELL=1 valgrind --tool=callgrind --callgrind-out-file="$here/out" \
        "$LIMIT" serve --config "$here/sapi.toml" --passphrase-file "$here/passphrase" \
        2>"$here/log" >&2 &
    local shell=$! waited
    for ((waited = 0; waited < 1200; waited++)); do
        ! grep -q 'sapi serves' "$here/log" || break
        sleep 0.1
    done
    "$LIMIT" --child load <"$here/plan" >/dev/null
    kill -TERM "$shell"
    wait "$shell" || { cat "$here/log" >&2; return 1; }
    sed -n 's/^summary: //p; s/^totals: //p' "$here/out" | head -n 1
}

compare() {
    local kinds=$1 counted=$2 before
    before=$(sed -n "s|^$kinds ||p" "$COMMITTED" 2>/dev/null || true)
    echo "$kinds: $counted instructions for an issuance (committed: ${before:-none})"
    [[ ${3:-} == --write || -n $before ]] || { echo "run benches/instructions.sh --write"; return 1; }
    if [[ ${3:-} != --write ]] && ((counted * 100 > before * (100 + ALLOWED))); then
        echo "more than $ALLOWED % above $COMMITTED (counted on: $(head -n 1 "$COMMITTED" | cut -c3-));"
        echo "here is $(platform). Make it cheaper, or run benches/instructions.sh --write and say why."
        return 1
    fi
}

platform() {
    echo "$(openssl version | cut -d' ' -f1-2), $(uname -m), $(rustc --version | cut -d' ' -f1-2), $(valgrind --version)"
}

main "$@"
