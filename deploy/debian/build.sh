#!/usr/bin/env bash
# Builds the Debian package of a shell crate, with the tools: deploy/debian/build.sh [FOLDER]
#
# FOLDER is the crate's folder, the example's by default. Its Cargo.toml says what is packaged
# ([package.metadata.deb]). This script makes the generated files: units that start this shell, man
# pages and completions from the programs themselves. Its last line is the package's path.
# It needs cargo-deb (`cargo install --locked cargo-deb`) and dpkg-dev.
set -euo pipefail

SAPI=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CRATE=$(cd "${1:-$SAPI/sapi-hooks-example}" && pwd)
SHELL_NAME=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$CRATE/Cargo.toml" | head -n 1)
readonly SAPI CRATE SHELL_NAME

main() {
    local target
    target=$(target_folder)
    PROGRAMS=$target/release
    STAGE=$PROGRAMS/deb

    programs "$target"
    rm -rf "$STAGE"
    names
    units
    man_pages
    completions
    # The links stay; the program itself is an asset of its own, stripped and with its mode.
    rm "$STAGE/usr/bin/ca"
    documents
    cd "$CRATE"
    cargo deb --no-build
}

target_folder() {
    cargo metadata --no-deps --format-version 1 --manifest-path "$CRATE/Cargo.toml" |
        grep -o '"target_directory":"[^"]*"' | cut -d '"' -f 4
}

programs() {
    if [[ $CRATE == "$SAPI"/* ]]; then
        # In one go, so that cargo builds what both need once.
        cargo build --release --locked --manifest-path "$SAPI/Cargo.toml" -p "$SHELL_NAME" -p identity-tool \
            --bin "$SHELL_NAME" --bin ca
    else
        cargo build --release --locked --manifest-path "$CRATE/Cargo.toml" --bin "$SHELL_NAME"
        # Into the shell's target folder, wherever that is.
        cargo build --release --locked --manifest-path "$SAPI/identity-tool/Cargo.toml" --bin ca --target-dir "$1"
    fi
}

# The tools are one program, and links to it: it knows their names.
names() {
    local folder=$STAGE/usr/bin
    mkdir -p "$folder"
    cp "$PROGRAMS/ca" "$folder"
    mapfile -t TOOLS < <("$folder/ca" links "$folder")
    TOOLS=(ca "${TOOLS[@]##*/}")
    ((${#TOOLS[@]} == 12))
}

units() {
    local folder=$STAGE/usr/lib/systemd/system unit
    mkdir -p "$folder"
    for unit in sapi.service sapi.socket sapi-crl.service sapi-crl.timer; do
        sed "s|/usr/bin/sapi-hooks-example|/usr/bin/$SHELL_NAME|g; s|man:sapi-hooks-example|man:$SHELL_NAME|" \
            "$SAPI/deploy/systemd/$unit" >"$folder/$unit"
    done
    install -D -m 0644 "$SAPI/deploy/sysusers.d/sapi.conf" "$STAGE/usr/lib/sysusers.d/sapi.conf"
    install -D -m 0644 "$SAPI/deploy/tmpfiles.d/sapi.conf" "$STAGE/usr/lib/tmpfiles.d/sapi.conf"
}

man_pages() {
    local folder=$STAGE/usr/share/man/man1 tool
    mkdir -p "$folder"
    "$PROGRAMS/$SHELL_NAME" man --dir "$folder"
    for tool in "${TOOLS[@]}"; do
        "$STAGE/usr/bin/$tool" --generate-man >"$folder/$tool.1"
    done
    gzip -9 --no-name "$folder"/*.1
}

# Debian's shells each look in their own folder, for their own file name.
completions() {
    local share=$STAGE/usr/share program
    mkdir -p "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d"
    for program in "$SHELL_NAME" "${TOOLS[@]}"; do
        completion "$program" bash >"$share/bash-completion/completions/$program"
        completion "$program" zsh >"$share/zsh/vendor-completions/_$program"
        completion "$program" fish >"$share/fish/vendor_completions.d/$program.fish"
    done
}

completion() {
    if [[ $1 == "$SHELL_NAME" ]]; then
        "$PROGRAMS/$1" completions "$2"
    else
        "$STAGE/usr/bin/$1" --generate-completion "$2"
    fi
}

documents() {
    local folder=$STAGE/usr/share/doc/$SHELL_NAME
    mkdir -p "$folder/examples/nginx" "$folder/examples/systemd" "$folder/operators"
    install -m 0644 "$SAPI/docs/operators.md" "$SAPI/deploy/openapi.yaml" "$folder"
    install -m 0644 -t "$folder/operators" "$SAPI"/docs/operators/*.md
    install -m 0644 -t "$folder/examples/nginx" "$SAPI"/deploy/nginx/*.conf
    install -m 0644 "$SAPI/deploy/systemd/sapi.service.d/network.conf.example" "$folder/examples/systemd/network.conf"
    cp -r "$SAPI/deploy/grafana" "$SAPI/deploy/prometheus" "$folder/examples"
}

main
