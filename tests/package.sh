#!/usr/bin/env bash
# Builds the Debian package and lives with it in a fresh Debian 12: installs it, runs the commands of the
# operator's guide (docs/operators) exactly as written, upgrades, removes and purges it, and checks that the CA
# lost nothing.
#
# It needs root (or sudo), debootstrap, cargo-deb and a Debian mirror. It keeps the bare Debian in the target folder.
# tests/package.sh [PACKAGE.deb]: uses a package that exists already.
set -euo pipefail

SAPI=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
readonly SAPI MIRROR

main() {
    if ((EUID != 0)); then
        exec sudo --preserve-env=PATH,CARGO_HOME,RUSTUP_HOME "$0" "$@"
    fi
    local package=${1:-}
    if [[ -z $package ]]; then
        "$SAPI/deploy/debian/build.sh" | tee >(cat >&2) >"$WORK/built"
        package=$(tail -n 1 "$WORK/built")
    fi
    what_is_in_it "$package"
    bare_debian
    ROOT=$WORK/root
    mkdir "$ROOT"
    tar --extract --file "$BARE" --directory "$ROOT"
    cp "$package" "$ROOT/root/"
    # As in the build of a container image: apt starts no service.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod 0755 "$ROOT/usr/sbin/policy-rc.d"
    # Plain output, not output for a terminal.
    echo 'Dpkg::Use-Pty "0";' >"$ROOT/etc/apt/apt.conf.d/90plain"
    cp "$SAPI/tests/package/life.sh" "$ROOT/root/"
    blocks "$ROOT/root/guide"
    # First what needs the network: the service later lives in its own network.
    heading "install"
    inside bash /root/life.sh install
    heading "run the guide"
    unshare --net bash -c 'ip link set lo up && exec "$@"' - \
        unshare --mount --pid --fork --kill-child "$0" --inside "$ROOT" bash /root/life.sh live
}

# Looks into the package before it is installed.
what_is_in_it() {
    heading "what is in $1"
    dpkg-deb --info "$1"
    dpkg-deb --contents "$1"
    local depends
    depends=$(dpkg-deb --field "$1" Depends)
    [[ $depends == *libssl3* && $depends == *libc6* ]] || fail "dependencies: $depends"
    [[ $(dpkg-deb --ctrl-tarfile "$1" | tar --extract --to-stdout ./conffiles | sort | tr '\n' ' ') == \
        "/etc/sapi/members.toml /etc/sapi/sapi.toml " ]] || fail "conffiles"
}

bare_debian() {
    BARE=$SAPI/target/package-root-bookworm.tar
    [[ ! -e $BARE ]] || return 0
    heading "debootstrap"
    debootstrap --variant=minbase bookworm "$WORK/bare" "$MIRROR" >"$WORK/debootstrap.log" ||
        { tail "$WORK/debootstrap.log"; fail "debootstrap"; }
    tar --create --file "$BARE.new" --directory "$WORK/bare" .
    mv "$BARE.new" "$BARE"
    rm -r "$WORK/bare"
}

blocks() {
    local page number=0
    mkdir "$1"
    for page in install settings problems nginx running when identity; do
        python3 "$SAPI/tests/package/blocks.py" "$SAPI/docs/operators/$page.md" "$1" $((number += 1))
    done
}

inside() {
    unshare --mount --pid --fork --kill-child "$0" --inside "$ROOT" "$@"
}

# The script calls itself again in its own namespaces: nobody else sees these mounts, and they end with us.
enter() {
    local root=$1
    shift
    mount --bind "$root" "$root"
    mount --types proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

heading() {
    printf '\n--- %s\n' "$1"
}

fail() {
    printf 'failed: %s\n' "$1" >&2
    exit 1
}

if [[ ${1:-} == --inside ]]; then
    shift
    enter "$@"
fi
WORK=$(mktemp --directory)
readonly WORK
trap 'rm -rf --one-file-system "$WORK"' EXIT
main "$@"
