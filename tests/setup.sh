#!/usr/bin/env bash
# Installs the packages of Debian 12 that are needed and missing: tests/setup.sh build|tests|ci
#
#     build   to build and to run the demo
#     tests   to run `cargo test --workspace` too
#     ci      to run .ci/run too
#
# Asks for sudo where it must. Debian starts nginx, prometheus and postgresql as services when it installs them.
# The tests start their own: `systemctl disable --now` may end these.
#
# Ubuntu 24.04 has all packages under the same names (`universe` must be on); nobody has tried that.
set -euo pipefail

readonly BUILD=(
    gcc libc6-dev                                 # what cargo builds and links with
    libssl-dev pkg-config                         # OpenSSL, linked
    ca-certificates                               # cargo and pip fetch over TLS
)
readonly TESTS=(
    nginx curl openssl                            # the road's other stops
    gnutls-bin libnss3-tools golang-go            # other implementations, as clients and as judges
    default-jdk-headless                          # Java's own verifier
    prometheus                                    # promtool
    systemd                                       # systemd-analyze, systemd-creds, systemd-socket-activate
    procps python3 python3-venv                   # looking from outside
    faketime strace dash                          # wrong clocks, sudden ends, a plain POSIX shell
)
readonly CHECKS=(
    make git                                      # cargo builds its tools with these
    golang-cfssl                                  # what the benches compare with
    postgresql                                    # the server of an example's tests
    valgrind                                      # counts instructions
    shellcheck                                    # the scripts themselves
    dpkg-dev debootstrap iproute2                 # the Debian package, and a Debian to try it in
)

main() {
    local wanted=("${BUILD[@]}")
    case ${1:-} in
        build) ;;
        tests) wanted+=("${TESTS[@]}") ;;
        ci) wanted+=("${TESTS[@]}" "${CHECKS[@]}") ;;
        *) echo "usage: tests/setup.sh build|tests|ci" >&2; exit 64 ;;
    esac
    install_missing "${wanted[@]}"
    if ! command -v cargo >/dev/null && [[ ! -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
        echo "Rust is missing: install it from https://rustup.rs" >&2
        exit 69
    fi
}

install_missing() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is neither Debian nor Ubuntu. Install what these packages have: $*" >&2
        exit 69
    fi
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null) == "install ok installed" ]] ||
            missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    echo "Installing ${missing[*]}"
    as_root apt-get -q -o Acquire::Retries=3 update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confold install --no-install-recommends "${missing[@]}"
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif ! command -v sudo >/dev/null; then
        echo "Run this as root, for sudo is not installed: $*" >&2
        exit 77
    else
        # Nobody types a password in CI.
        sudo ${CI:+--non-interactive} "$@"
    fi
}

main "$@"
