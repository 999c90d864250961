#!/bin/sh
# sapi-client for machines without the program. It needs a POSIX shell, openssl (1.1.1 or newer), curl and flock.
# It gets a certificate, checks it and keeps it fresh: run it by cron or a timer. Settings come from the environment:
#   SAPI_CLIENT_URL          https://HOST[:PORT], http://127.0.0.1:PORT or unix:/SOCKET
#   SAPI_CLIENT_CLIENT       the identifier under which the service knows this client
#   SAPI_CLIENT_DIR          the folder of key.pem, cert.pem, chain.pem and fullchain.pem
#   SAPI_CLIENT_CA_FILE      the certificate of the certificate authority
#   SAPI_CLIENT_TLS_CA_FILE  the certificates that verify the TLS server (default: the system's)
#   SAPI_CLIENT_NAME         names to ask for, separated by commas: DNS:www.example.com,IP:192.0.2.1
#   SAPI_CLIENT_BEFORE       renew when fewer seconds are left (default: 604800, a week)
#   SAPI_CLIENT_ONCE         if not empty: ask once, do not wait for a decision
#   SAPI_CLIENT_ON_RENEW     a command to run after a new certificate
# Exit codes are those of the program: 0 done or nothing to do, 1 another run is at work, 69 not decided yet,
# 75 temporary failure, 77 rejected, 78 bad settings, 127 anything else.
# It does less than the program: it makes keys on P-256 only, the subject is CN=CLIENT, and the key stays the same.
# shellcheck disable=SC2015 # `A && B || fail`: either failure must fail
set -u
umask 077

main() {
    settings
    mkdir -p "$DIR" && cd "$DIR" || fail 127 "$DIR: cannot be used"
    touch .lock || fail 127 "$DIR/.lock: cannot be written"
    exec 9>.lock
    flock -n 9 || fail 1 "$DIR: another run is at work in it"
    if good; then
        finish
        exit 0
    fi
    key
    request
    ask
    check
    install_files
    finish
}

settings() {
    URL=${SAPI_CLIENT_URL:-} CLIENT=${SAPI_CLIENT_CLIENT:-} DIR=${SAPI_CLIENT_DIR:-} CA=${SAPI_CLIENT_CA_FILE:-}
    NAMES=${SAPI_CLIENT_NAME:-} BEFORE=${SAPI_CLIENT_BEFORE:-604800}
    [ -n "$URL" ] && [ -n "$CLIENT" ] && [ -n "$DIR" ] && [ -n "$CA" ] ||
        fail 78 "SAPI_CLIENT_URL, SAPI_CLIENT_CLIENT, SAPI_CLIENT_DIR and SAPI_CLIENT_CA_FILE are all needed"
    case $CLIENT in *[!A-Za-z0-9]*) fail 78 "SAPI_CLIENT_CLIENT: letters and digits only" ;; esac
    # openssl reads these names as a line of its configuration.
    case $NAMES in *[!A-Za-z0-9.,:_*@/-]*) fail 78 "SAPI_CLIENT_NAME: a character that is in no name" ;; esac
    case $BEFORE in '' | *[!0-9]*) fail 78 "SAPI_CLIENT_BEFORE: a number of seconds" ;; esac
    [ -r "$CA" ] || fail 78 "SAPI_CLIENT_CA_FILE: $CA cannot be read"
    case $CA in /*) ;; *) CA=$PWD/$CA ;; esac
    case $URL in
        https://*)
            TLS_CA=${SAPI_CLIENT_TLS_CA_FILE:-}
            case $TLS_CA in '' | /*) ;; *) TLS_CA=$PWD/$TLS_CA ;; esac
            ;;
        http://127.0.0.1:* | unix:/*) TLS_CA= ;;
        *) fail 78 "SAPI_CLIENT_URL: write https://HOST, http://127.0.0.1:PORT or unix:/SOCKET" ;;
    esac
}

# Is the present certificate good, and for long enough?
good() {
    [ -s key.pem ] && [ -s cert.pem ] && [ -s chain.pem ] && [ -s fullchain.pem ] || return 1
    openssl x509 -in cert.pem -noout -checkend "$BEFORE" >/dev/null 2>&1 && fits cert.pem chain.pem
}

# Is a certificate for our key, from our certificate authority, with all names?
fits() {
    WHY="the certificate is for another key"
    [ "$(openssl x509 -in "$1" -noout -pubkey 2>&1)" = "$(openssl pkey -in key.pem -pubout)" ] || return 1
    WHY="the certificate is not from the trusted certificate authority, or outside its dates"
    openssl verify -partial_chain -CAfile "$CA" -untrusted "$2" "$1" >/dev/null 2>&1 || return 1
    granted=$(openssl x509 -in "$1" -noout -ext subjectAltName 2>/dev/null | sed 's/IP Address:/IP:/g' |
        tr -d ' ' | tr '\n' ',')
    for name in $(printf '%s' "$NAMES" | tr ',' ' '); do
        WHY="the certificate lacks $name"
        case ",$granted," in *",$name,"*) ;; *) return 1 ;; esac
    done
}

key() {
    [ -s key.pem ] && return
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out .key.pem.new 2>/dev/null &&
        place .key.pem.new key.pem 600 || fail 127 "$DIR/key.pem: cannot be made"
}

# Sends the same request until it is decided; for other names makes another.
request() {
    set -- -new -key key.pem -subj "/CN=$CLIENT"
    [ -z "$NAMES" ] || set -- "$@" -addext "subjectAltName=$NAMES"
    if [ -s .request.pem ] && [ "$(cat .request.names 2>/dev/null)" = "$CLIENT $NAMES" ]; then
        return
    fi
    rm -f .request.names
    openssl req "$@" -out .request.pem 2>/dev/null && echo "$CLIENT $NAMES" >.request.names ||
        fail 78 "no request can be made: check SAPI_CLIENT_NAME"
}

ask() {
    tries=0
    while :; do
        send
        case $STATUS in
            200) return ;;
            202)
                [ -z "${SAPI_CLIENT_ONCE:-}" ] || fail 69 "the request is not decided yet"
                tries=0
                ;;
            401 | 403) fail 77 "rejected: $(detail)" ;;
            000 | 408 | 429 | 5??)
                tries=$((tries + 1))
                [ -z "${SAPI_CLIENT_ONCE:-}" ] && [ $tries -lt 6 ] || fail 75 "no certificate now: $(detail)"
                ;;
            4??) fail 78 "the server does not take this request: $(detail)" ;;
            *) fail 127 "an answer with status $STATUS is not expected" ;;
        esac
        sleep "$(retry_after)"
    done
}

send() {
    base=$URL
    set -- --silent --show-error --noproxy '*' --max-time 90 --max-filesize 262144 --user-agent "sapi-client.sh/0.1.0 ($CLIENT)"
    case $URL in unix:*) set -- "$@" --unix-socket "${URL#unix:}" && base=http://localhost ;; esac
    [ -z "$TLS_CA" ] || set -- "$@" --cacert "$TLS_CA"
    # While the old certificate is good, it says who asks.
    if [ -s cert.pem ] && openssl x509 -in cert.pem -noout -checkend 0 >/dev/null 2>&1 && fits cert.pem chain.pem; then
        set -- "$@" --cert cert.pem --key key.pem
    fi
    : >.answer && : >.head
    STATUS=$(curl "$@" --header 'Content-Type: application/x-pem-file' --upload-file .request.pem \
        --dump-header .head --output .answer --write-out '%{http_code}' "${base%/}/api/csr/$CLIENT" 2>.why)
    case $? in
        0) ;;
        35 | 51 | 58 | 60 | 77) fail 127 "$(cat .why)" ;;
        *) STATUS=000 ;;
    esac
}

# What the server or curl says, without the characters that a terminal obeys.
detail() {
    said=$(field detail)
    printf '%s (status %s)' "${said:-$(cat .why)}" "$STATUS" | tr -d '[:cntrl:]'
}

retry_after() {
    seconds=$(tr -d '\r' <.head | sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9]\{1,5\}\)$/\1/p')
    echo "${seconds:-10}"
}

# A member of the JSON. Only `detail` may have an escaped quotation mark, and the script shows that as it is.
field() {
    tr -d '\n' <.answer | sed -n 's/.*"'"$1"'": *"\(\([^"\\]\|\\.\)*\)".*/\1/p'
}

# A member that is PEM, and nothing else.
pem() {
    value=$(field "$1")
    case $value in '' | *[!A-Za-z0-9+/=\\\ -]*) fail 127 "the answer has no proper $1" ;; esac
    printf '%b' "$value"
}

check() {
    pem signed_x509_pem >.cert.pem.new || exit 127
    pem issuer_chain_pem >.chain.pem.new || exit 127
    fits .cert.pem.new .chain.pem.new || fail 127 "$WHY"
}

# The key stays, so each of these files fits it at any moment.
install_files() {
    cat .cert.pem.new .chain.pem.new >.fullchain.pem.new &&
        : >.owed &&
        place .chain.pem.new chain.pem 644 &&
        place .fullchain.pem.new fullchain.pem 644 &&
        place .cert.pem.new cert.pem 644 || fail 127 "$DIR: cannot be written"
    rm -f .request.pem .request.names .answer .head .why
}

place() {
    chmod "$3" "$1" && { sync "$1" 2>/dev/null || sync; } && mv "$1" "$2"
}

# Does what must follow a new certificate, until it has succeeded once.
finish() {
    [ -e .owed ] || return 0
    if [ -n "${SAPI_CLIENT_ON_RENEW:-}" ]; then
        SAPI_CLIENT_DIR=$DIR sh -c "$SAPI_CLIENT_ON_RENEW" 9>&- ||
            fail 127 "SAPI_CLIENT_ON_RENEW failed; the new certificate is in place"
    fi
    rm -f .owed
}

fail() {
    echo "error: $2" >&2
    exit "$1"
}

main
