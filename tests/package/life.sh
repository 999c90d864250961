#!/usr/bin/env bash
# The life of the package, inside the bare Debian that tests/package.sh has made: `life.sh install`, then
# `life.sh live`. It runs the commands of the guide. /root/guide has a file for each block.
set -euo pipefail
cd /root

install() {
    block "$(first install.md)"
    # The checks below need these, and the guide expects them on any machine.
    apt-get install -y -qq --no-install-recommends iproute2 man-db procps >/dev/null

    heading "after installing"
    expect "$(id -nG sapi)" "sapi ca"
    expect "$(owner /var/lib/ca)" "750 root:ca"
    expect "$(owner /var/lib/sapi)" "750 sapi:sapi"
    expect "$(owner /var/lib/sapi-crl)" "755 sapi:sapi"
    expect "$(owner /run/sapi)" "755 sapi:sapi"
    expect "$(owner /etc/sapi/sapi.toml)" "644 root:root"
    expect "$(ls /var/lib/ca)" ""
    expect "$(find /etc/systemd/system -name 'sapi*')" ""
    ! pgrep sapi || fail "something was started"
    sapi-hooks-example config >/dev/null
    local page program
    local tools=(ca_create_identity ca_check_identity ca_install_certificate ca_roll_identity)
    tools+=(ca_change_passphrase ca_backup ca_restore ca_revoke ca_gen_crl ca_approve ca_journal)
    for program in "${tools[@]}"; do
        expect "$(readlink "/usr/bin/$program")" ca
        "$program" --version >/dev/null
    done
    tools+=(ca)
    for page in sapi-hooks-example sapi-hooks-example-serve "${tools[@]}"; do
        man "$page" | grep . >/dev/null || fail "man $page"
    done
    for program in sapi-hooks-example "${tools[@]}"; do
        bash -n "/usr/share/bash-completion/completions/$program"
        grep -q "compdef $program" "/usr/share/zsh/vendor-completions/_$program"
        grep -q "complete -c $program" "/usr/share/fish/vendor_completions.d/$program.fish"
    done
    systemd-analyze verify --man=no sapi.service sapi.socket sapi-crl.service sapi-crl.timer 2>&1 | tee verify.txt
    [[ ! -s verify.txt ]] || fail "units"
    serve_refuses
}

# Without an identity it says what is missing. It refuses to run as root.
serve_refuses() {
    local code=0
    sapi-hooks-example serve 2>refused.txt || code=$?
    expect "$code $(grep -c 'refusing to run as root' refused.txt)" "78 1"
    code=0
    as_sapi sapi-hooks-example serve </dev/null 2>refused.txt || code=$?
    cat refused.txt
    expect "$code" 78
}

live() {
    # Instead of a terminal. The service reads it as its own user.
    printf 'a passphrase of the test\n' >/etc/sapi/test-passphrase
    chown sapi /etc/sapi/test-passphrase
    chmod 0400 /etc/sapi/test-passphrase
    export SAPI_PASSPHRASE_FILE=/etc/sapi/test-passphrase
    # The block marked `operator` asks this listener.
    export SAPI_OPERATOR__LISTEN=unix:/run/sapi/operator.sock
    SERVER=

    local file
    for file in guide/*; do
        case $file in
        "guide/$(first install.md)") ;;
        *.sh | *.operator) once "${file#guide/}" ;;
        *.serve) in_background "$file" ;;
        *.two) two "$file" ;;
        *) echo "not run here: ${file#guide/}" ;;
        esac
    done

    rotated
    ended
    export -n SAPI_OPERATOR__LISTEN
    without_loss
    heading "all done"
}

# Runs a block once, even if several pages have it.
once() {
    local before
    for before in ran/*; do
        if cmp --silent "guide/$1" "$before"; then
            echo "run already: $1"
            return
        fi
    done
    block "$1"
}

block() {
    heading "$1"
    cat "guide/$1"
    bash -euo pipefail "guide/$1" </dev/null || fail "$1"
    mkdir -p ran
    cp "guide/$1" ran/
}

in_background() {
    heading "$1"
    cat "$1"
    bash -c "exec $(cat "$1")" >server.txt 2>&1 </dev/null &
    SERVER=$!
    until_there /run/sapi/sapi.sock
}

two() {
    heading "$1"
    cat "$1"
    local instance before
    before=$(pgrep --exact sapi-hooks-exam | sort)
    env --unset=SAPI_OPERATOR__LISTEN bash "$1" >two.txt 2>&1 </dev/null
    for instance in a b; do
        until_there "/run/sapi/$instance.sock"
        certificate "/run/sapi/$instance.sock" /var/lib/ca/ca.cert.pem
    done
    comm -13 <(echo "$before") <(pgrep --exact sapi-hooks-exam | sort) | xargs kill
}

# The guide has put another identity in place: the service takes it at SIGHUP.
rotated() {
    heading "rotation"
    kill -HUP "$SERVER"
    local try
    for ((try = 0; try < 300; try++)); do
        ! grep -q 'identity and hooks reloaded' server.txt || break
        sleep 0.1
    done
    certificate /run/sapi/sapi.sock /var/lib/ca-2036/ca.cert.pem
}

ended() {
    heading "SIGTERM"
    kill "$SERVER"
    local code=0
    wait "$SERVER" || code=$?
    cat server.txt
    expect "$code" 0
    expect "$(find /run/sapi -name sapi.sock)" ""
}

# Removes, purges and installs again: what belongs to the CA stays as it was.
without_loss() {
    heading "remove, purge, install again"
    local before kept
    before=$(belongings)
    echo "# mine" >>/etc/sapi/members.toml
    apt-get install -y -qq --reinstall ./sapi-hooks-example_*.deb
    expect "$(tail -n 1 /etc/sapi/members.toml)" "# mine"
    apt-get remove -y -qq sapi-hooks-example
    expect "$(belongings)" "$before"
    expect "$(tail -n 1 /etc/sapi/members.toml)" "# mine"
    apt-get purge -y -qq sapi-hooks-example | tee purge.txt
    expect "$(belongings)" "$before"
    [[ ! -e /etc/sapi/sapi.toml && -e $SAPI_PASSPHRASE_FILE ]] || fail "settings after purge"
    for kept in /var/lib/ca /var/lib/sapi; do
        grep -qx "kept: $kept" purge.txt || fail "purge does not say that it keeps $kept"
    done
    id sapi

    apt-get install -y -qq ./sapi-hooks-example_*.deb
    expect "$(belongings)" "$before"
    # Not through `as_sapi`: $! would be a shell in between.
    setpriv --reuid=sapi --regid=sapi --init-groups sapi-hooks-example serve >server.txt 2>&1 </dev/null &
    SERVER=$!
    until_there /run/sapi/sapi.sock
    certificate /run/sapi/sapi.sock /var/lib/ca/ca.cert.pem
    ended
}

# Every file of the CA: owner, mode, content. The journal may grow, but not while a package comes or goes.
belongings() {
    find /var/lib/ca* /var/lib/sapi -printf '%p %u:%g %m\n' | sort
    find /var/lib/ca* /var/lib/sapi -type f -exec sha256sum {} + | sort
}

# Gets a certificate over a socket, and verifies it with the CA's.
certificate() {
    curl -sS --unix-socket "$1" -T web01.csr http://localhost/api/csr/web01 >answer.json
    python3 -c 'import json; print(json.load(open("answer.json"))["signed_x509_pem"], end="")' >answer.crt ||
        { cat answer.json; fail "no certificate from $1"; }
    openssl verify -x509_strict -CAfile "$2" answer.crt
}

as_sapi() {
    setpriv --reuid=sapi --regid=sapi --init-groups "$@"
}

first() {
    basename "$(printf '%s\n' guide/*"-$1-"*.sh | head -n 1)"
}

until_there() {
    local try
    for ((try = 0; try < 300; try++)); do
        [[ ! -e $1 ]] || return 0
        sleep 0.1
    done
    cat ./*.txt
    fail "$1 is not there"
}

owner() {
    stat --format '%a %U:%G' "$1"
}

expect() {
    [[ $1 == "$2" ]] || fail "expected \"$2\", found \"$1\""
}

heading() {
    printf '\n--- %s\n' "$1"
}

fail() {
    printf 'failed: %s\n' "$1" >&2
    exit 1
}

"$1"
