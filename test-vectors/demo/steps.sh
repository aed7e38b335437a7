# What the demonstrations share: commands that are printed before they run, and a service that is waited for.
# shellcheck shell=bash

die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# English, or French where the locale says so.
lang=${LC_ALL:-${LC_MESSAGES:-${LANG:-en}}}
say() { case $lang in fr*) printf '\n── %s\n' "$2" ;; *) printf '\n── %s\n' "$1" ;; esac; }

# Prints a command, then runs it in this shell.
run() { printf '$ %s\n' "$1"; eval "$1"; }

# The same, and insists on an exit code.
expect() {
    local wanted=$1 code=0
    printf '$ %s\n' "$2"
    eval "$2" || code=$?
    [ "$code" = "$wanted" ] || die "this command ended with exit code $code, not $wanted: $2"
}

# The first value of a string member, anywhere in a JSON file: enough for answers whose shape we know.
member() { grep -o "\"$1\" *: *\"[^\"]*\"" "$2" | head -n1 | sed 's/^"[^"]*" *: *"\(.*\)"$/\1/'; }

# Whether a report ($1, called $3 where given) holds this text, whatever its spaces and line breaks.
report_has() { tr -d ' \n' <"$1" | grep -qF -- "$2" || die "${3:-$1} does not say $2"; }

# Starts the issuing service in the folder at hand, and waits until it says where it listens: $server, $url, $auth.
serve() {
    printf '$ %s\n' 'badge-issuer serve --data issuer --config issuer.toml --passphrase-file issuer.pass --listen 127.0.0.1:0 &'
    badge-issuer serve --data issuer --config issuer.toml --passphrase-file issuer.pass --listen 127.0.0.1:0 >serve.out 2>serve.err &
    server=$!
    url=
    for _ in $(seq 100); do
        url=$(sed -n 's|^listening on \(http://[0-9.:]*\)$|\1|p' serve.out)
        [ -n "$url" ] && break
        kill -0 "$server" 2>/dev/null || { cat serve.err >&2; die "the issuing service did not start"; }
        sleep 0.1
    done
    [ -n "$url" ] || { cat serve.err >&2; die "the issuing service does not say where it listens"; }
    cat serve.out
    auth='-H "Authorization: Bearer $(cat issuer/admin-token)"'
}

# A folder of its own, deleted at the end with the service; no proxy between us and our own loopback.
scene() {
    local program
    for program in badge-issuer badge-wallet badge-verifier; do
        [ -x "$bin/$program" ] || die "$bin/$program is not built: run make demo"
    done
    command -v curl >/dev/null || die "no curl: install it (Debian: apt-get install curl)"
    started=$SECONDS
    work=$(mktemp -d)
    server=
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    cd "$work"
    umask 077
    unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
}
clean_up() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
json='-H "Content-Type: application/json"'
