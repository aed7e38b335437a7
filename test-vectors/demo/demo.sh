#!/usr/bin/env bash
# A skills badge from its definition to its revocation, with the real programs over a real socket of this machine.
#
#   demo.sh            runs it and leaves the files in demo-output/
#   demo.sh --check    checks those files: they are there, they can be read, their signatures hold
#
# The programs are taken from target/debug (BIN=… for another folder). Each command is printed before it runs, as one would
# type it. Works in a folder of its own, deleted at the end; the server listens on 127.0.0.1 only and stops with the script.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
output=$root/demo-output
bin=${BIN:-${CARGO_TARGET_DIR:-$root/target}/debug}
export PATH="$bin:$PATH"

artefacts=(badge.json badge.jwt badge.png badge.svg presentation.json registry.jwt report.json)

# shellcheck source=steps.sh
. "$here/steps.sh"

# ── --check ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

check() {
    cd "$output" 2>/dev/null || die "no demo-output: run the demonstration first"
    local file code
    for file in "${artefacts[@]}"; do
        [ -s "$file" ] || die "demo-output/$file is missing or empty"
    done
    scratch=$(mktemp)
    trap 'rm -f "$scratch"' EXIT
    # The issuer is gone by now, so the status cannot be looked at: indeterminate (3), and never valid. All else must hold.
    for file in badge.json badge.jwt badge.png badge.svg; do
        code=0
        badge-verifier check "$file" --offline --registry registry.jwt --json >"$scratch" || code=$?
        [ "$code" = 3 ] || die "demo-output/$file: exit code $code, not 3 (indeterminate: status unknown)"
        report_has "$scratch" '{"id":"conformance","outcome":"pass"' "the report on $file"
        report_has "$scratch" '{"id":"signature","outcome":"pass"' "the report on $file"
        report_has "$scratch" '{"id":"issuer","outcome":"pass"' "the report on $file"
    done
    file=presentation.json
    code=0
    badge-verifier check presentation.json --offline --json >"$scratch" || code=$?
    [ "$code" = 3 ] || die "demo-output/presentation.json: exit code $code, not 3 (indeterminate: no challenge, status unknown)"
    report_has "$scratch" '{"id":"signature","outcome":"pass"' "the report on $file"
    report_has report.json '"verdict":"valid"'
    report_has report.json '{"id":"status","outcome":"pass"'
    report_has report.json '{"id":"issuer","outcome":"pass"'
    printf 'demo: %s files checked in demo-output/\n' "${#artefacts[@]}"
}

case "${1:-}" in
    --check) check; exit 0 ;;
    "") ;;
    *) die "usage: demo.sh [--check]" ;;
esac

# ── the demonstration ────────────────────────────────────────────────────────────────────────────────────────────────────────

scene
cp "$here/badge.json" template.json
cp "$here/registry.json" "$here/issuer.toml" .
printf 'a passphrase for the issuer\n' >issuer.pass
printf 'a passphrase for the authority\n' >authority.pass
printf 'a passphrase for the holder\n' >wallet.pass

say "A training body starts its issuing service. The first start makes its keys and an administrator token." \
    "Un organisme de formation démarre son service. Le premier démarrage crée ses clés et un jeton d’administration."
serve

say "It defines a badge, aligned with a skill of ESCO and a competence of DigComp." \
    "Il définit un badge, aligné sur une compétence d’ESCO et une de DigComp."
run "cat template.json"
run "curl -sS --fail-with-body $auth $json --data @template.json -o defined.json $url/api/badges"
badge=$(member id defined.json)
[ -n "$badge" ] || die "the service did not say which badge it defined"

say "A learner makes a wallet: a key pair, and the identifier (DID) that goes with it." \
    "Une apprenante crée son portefeuille : une paire de clés et l’identifiant (DID) qui va avec."
run "export BADGE_WALLET_DIR=wallet"
run "badge-wallet init --passphrase-file wallet.pass"
did=$(badge-wallet did)

say "The training body awards her the badge. The Idempotency-Key makes the request safe to repeat." \
    "L’organisme lui décerne le badge. Grâce à Idempotency-Key, la demande peut être répétée sans risque."
printf '{"recipient":{"id":"%s"},"narrative":"Assessed on a file of seven sources."}\n' "$did" >award.json
run "cat award.json"
run "curl -sS --fail-with-body $auth $json -H 'Idempotency-Key: demo-1' --data @award.json -o awarded.json $url/api/badges/$badge/awards"
award=$(member id awarded.json)
[ -n "$award" ] || die "the service did not say which award it made"

say "The same award as JSON with an embedded proof, as a JWT, and inside two images." \
    "La même attribution en JSON avec preuve incluse, en JWT, et dans deux images."
for format in json jwt png svg; do
    run "curl -sS --fail-with-body $auth -o badge.$format '$url/api/awards/$award/file?format=$format'"
done

say "She puts it into her wallet, which verifies it first, and looks at what she has." \
    "Elle le range dans son portefeuille, qui le vérifie d’abord, et regarde ce qu’elle a."
run "badge-wallet add badge.json --danger-allow-loopback"
run "badge-wallet list"
badge-wallet list --json >held.json
held=$(member id held.json)
[ -n "$held" ] || die "the wallet holds nothing"

say "Elsewhere, an authority signs the list of the bodies it recognises, and for what." \
    "Ailleurs, une autorité signe la liste des organismes qu’elle reconnaît, et pour quoi."
run "badge-issuer keygen --data authority --passphrase-file authority.pass"
curl -sS --fail-with-body -o issuer.json "$url/issuer"
sed -i.orig "s|ISSUER|$(member id issuer.json)|" registry.json
run "cat registry.json"
run "badge-issuer registry sign registry.json --data authority --passphrase-file authority.pass -o registry.jwt"

say "An employer checks the badge, as a file and as an image, against that list: valid." \
    "Un employeur vérifie le badge, comme fichier et comme image, avec cette liste : valide."
expect 0 "badge-verifier check badge.json --registry registry.jwt --danger-allow-loopback"
expect 0 "badge-verifier check badge.png --registry registry.jwt --danger-allow-loopback"

say "To be sure that she is the one it was given to, the employer sends a challenge; she presents the badge with her own signature." \
    "Pour s’assurer que c’est bien à elle qu’il a été remis, l’employeur envoie un défi ; elle présente le badge avec sa propre signature."
challenge=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
run "badge-wallet present $held --challenge $challenge --domain employer.example --passphrase-file wallet.pass -o presentation.json"
expect 0 "badge-verifier check presentation.json --challenge $challenge --domain employer.example --registry registry.jwt --danger-allow-loopback"

say "The same presentation shown again to another challenge is refused." \
    "La même présentation, montrée en réponse à un autre défi, est refusée."
expect 1 "badge-verifier check presentation.json --challenge another --domain employer.example --registry registry.jwt --danger-allow-loopback"

say "Programs read the report as JSON." \
    "Les programmes lisent le rapport en JSON."
expect 0 "badge-verifier check badge.json --registry registry.jwt --danger-allow-loopback --json >report.json"
report_has report.json '"verdict":"valid"'

say "The training body revokes the award." \
    "L’organisme révoque l’attribution."
printf '{"status":"revoked","reason":"Awarded by mistake."}\n' >status.json
run "cat status.json"
run "curl -sS --fail-with-body $auth $json --data @status.json -o revoked.json $url/api/awards/$award/status"

say "The employer checks again: invalid, revoked." \
    "L’employeur vérifie de nouveau : invalide, révoqué."
expect 1 "badge-verifier check badge.json --registry registry.jwt --danger-allow-loopback"
code=0
badge-verifier check badge.json --registry registry.jwt --danger-allow-loopback --json >revoked-report.json || code=$?
[ "$code" = 1 ] || die "a revoked badge gave exit code $code"
report_has revoked-report.json '{"id":"signature","outcome":"pass"'
report_has revoked-report.json '"code":"REVOKED"'

umask 022
rm -rf "$output"
mkdir -p "$output"
for file in "${artefacts[@]}"; do cat "$file" >"$output/$file"; done
say "Done in $((SECONDS - started)) s. The files are in demo-output/:" "Fait en $((SECONDS - started)) s. Les fichiers sont dans demo-output/ :"
ls -l "$output"
