#!/usr/bin/env bash
# A skill that no diploma recognises: the candidate chooses experts, they sign what they found, the body awards from their panel, anyone checks.
#
#   evaluation.sh      runs it with the real programs over a real socket, and leaves the files in demo-output/evaluation/
#
# The programs are taken from target/debug (BIN=… for another folder). Each command is printed before it runs, as one would type it. What
# the programs must have said is checked on the way: the script fails where one of them says something else.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
output=$root/demo-output/evaluation
bin=${BIN:-${CARGO_TARGET_DIR:-$root/target}/debug}
export PATH="$bin:$PATH"

# shellcheck source=steps.sh
. "$here/steps.sh"

# The same, and insists on words in what the command prints, where it speaks English.
expect_words() {
    local code=0 word
    printf '$ %s\n' "$3"
    eval "$3" >said.txt 2>&1 || code=$?
    cat said.txt
    [ "$code" = "$1" ] || die "this command ended with exit code $code, not $1: $3"
    case $lang in fr*) return ;; esac
    for word in $2; do grep -qi -- "$word" said.txt || die "this command does not say \"$word\": $3"; done
}

# Whose wallet the next commands use.
as() { printf '$ %s\n' "export BADGE_WALLET_DIR=$1"; export BADGE_WALLET_DIR=$1; }

scene
cp "$here/evaluation-badge.json" template.json
cp "$here/evaluation-expert.json" expert.json
cp "$here/evaluation-issuer.toml" issuer.toml
for who in issuer guild; do printf 'a passphrase for the %s\n' "$who" >"$who.pass"; done

say "Zoé repairs and explains computers in a repair café; no diploma says so. She and three experts make wallets." \
    "Zoé répare et explique des ordinateurs dans un café-réparation ; aucun diplôme ne le dit. Elle et trois experts créent leurs portefeuilles."
declare -A did
for who in zoé aïcha benoît chloé; do
    printf 'a passphrase of %s\n' "$who" >"$who.pass"
    as "$who"
    run "badge-wallet init --passphrase-file $who.pass"
    did[$who]=$(badge-wallet did)
done

say "The experts have standing: badges of their own, at level 6, from the trainers' guild." \
    "Les experts ont une qualité à faire valoir : des badges à eux, de niveau 6, de la guilde des formateurs."
run "badge-issuer keygen --data guild --passphrase-file guild.pass >guild.json"
guild=$(member id guild.json)
for who in aïcha chloé benoît; do
    as "$who"
    run "badge-issuer issue expert.json --data guild --passphrase-file guild.pass --to ${did[$who]} --format json --no-status -o standing-$who.json"
    run "badge-wallet add standing-$who.json --offline >held-$who"
done

say "A training body starts its service. Its badge needs two evaluators whose standing the guild proves." \
    "Un organisme démarre son service. Son badge exige deux évaluateurs dont la guilde prouve la qualité."
serve
sed -i.orig "s|GUILD|$guild|" template.json
run "cat template.json"
run "curl -sS --fail-with-body $auth $json --data @template.json -o defined.json $url/api/badges"
badge=$(member id defined.json)
[ -n "$badge" ] || die "the service did not say which badge it defined"
run "curl -sS --fail-with-body -o achievement.json $url/badges/$badge"

say "Zoé asks Aïcha and Benoît. The requests name skill and level, what she claims, and her evidence by digest; the files stay with her." \
    "Zoé demande à Aïcha et à Benoît. Les demandes nomment compétence et niveau, ce qu’elle affirme, et ses preuves par leur empreinte ; les fichiers restent chez elle."
printf 'Douze réparations, avant et après : écran, mémoire, pâte thermique.\n' >réparations.txt
ask() {
    run "badge-wallet evaluate request --evaluator $2 --name 'Zoé Bélanger' --skill digcomp:5.1@5 --template achievement.json --claim 'Dix ans de bénévolat au café-réparation.' --evidence réparations.txt --tie none --passphrase-file zoé.pass -o $1"
}
as zoé
ask aïcha.json "${did[aïcha]}"
ask benoît.json "${did[benoît]}"

say "Aïcha accepts. The evidence reaches her encrypted; she looks at it, and signs what she found." \
    "Aïcha accepte. Les preuves lui parviennent chiffrées ; elle les regarde et signe ce qu’elle a constaté."
declare -A me
me[aïcha]="--name 'Aïcha Diallo' --organisation https://atelier.example --organisation-name 'L’Atelier'"
me[chloé]="--name 'Chloé Noël' --organisation https://ecole.example --organisation-name 'L’École'"
as aïcha
expect_words 0 "accepted" "badge-wallet evaluate accept aïcha.json --tie none ${me[aïcha]} --passphrase-file aïcha.pass"
as zoé
run "badge-wallet evaluate bundle aïcha.json --evidence réparations.txt --passphrase-file zoé.pass -o preuves.bundle"
as aïcha
run "badge-wallet evaluate open preuves.bundle --passphrase-file aïcha.pass -o preuves"
run "badge-wallet evaluate aïcha.json --outcome met --comment 'Diagnostique, répare et explique seule.' --standing \$(cat held-aïcha) --evidence-dir preuves --at $url --danger-allow-loopback --yes ${me[aïcha]} --passphrase-file aïcha.pass"

say "Benoît employs Zoé's brother: he recuses himself." \
    "Benoît emploie le frère de Zoé : il se récuse."
as benoît
expect_words 0 "recused" "badge-wallet evaluate recuse benoît.json --reason conflict-of-interest --tie business --name 'Benoît Lefèvre' --passphrase-file benoît.pass"

say "One evaluation is not a panel: the body's service refuses." \
    "Une évaluation n’est pas un jury : le service de l’organisme refuse."
# What the body asks for: the badge for Zoé at level 5, and the threads that say why.
award() {
    printf '{"recipient":{"id":"%s"},"result":[{"type":["Result"],"resultDescription":"%s","achievedLevel":"%s"}],"evaluations":[' \
        "${did[zoé]}" urn:uuid:6f0b3c1e-2f5a-4f7e-9d43-0f3c6a1d5101 urn:uuid:6f0b3c1e-2f5a-4f7e-9d43-0f3c6a1d5105
    cat "$1"
    [ $# -lt 2 ] || { printf ','; cat "$2"; }
    printf ']}\n'
}
award aïcha.json >award.json
run "curl -sS $auth $json -H 'Idempotency-Key: demo-1' --data @award.json -o refused.json $url/api/badges/$badge/awards"
report_has refused.json '"PANEL_QUORUM_NOT_MET"'
cat refused.json
printf '\n'

say "Chloé, whom Zoé asks next, makes the quorum of two." \
    "Chloé, à qui Zoé demande ensuite, fait le quorum de deux."
as zoé
ask chloé.json "${did[chloé]}"
as chloé
expect_words 0 "accepted" "badge-wallet evaluate accept chloé.json --tie none ${me[chloé]} --passphrase-file chloé.pass"
run "badge-wallet evaluate chloé.json --outcome met --comment 'Niveau 5 sans réserve.' --standing \$(cat held-chloé) --evidence-dir . --at $url --danger-allow-loopback --yes ${me[chloé]} --passphrase-file chloé.pass"
expect_words 0 "submitted" "badge-wallet evaluate status chloé.json --online --danger-allow-loopback"

say "The body awards the badge from the panel's result." \
    "L’organisme décerne le badge d’après le résultat du jury."
award aïcha.json chloé.json >award.json
run "curl -sS --fail-with-body $auth $json -H 'Idempotency-Key: demo-2' --data @award.json -o awarded.json $url/api/badges/$badge/awards"
award=$(member id awarded.json)
run "curl -sS --fail-with-body $auth -o badge.json '$url/api/awards/$award/file?format=json'"
as zoé
run "badge-wallet add badge.json --danger-allow-loopback"

say "An employer wants a panel too, and says whose word on evaluators counts. Checked once with the network, then offline: badge and snapshot are all it takes." \
    "Un employeur veut aussi un jury, et dit de qui la parole sur les évaluateurs compte. Vérifié une fois en ligne, puis hors ligne : le badge et l’instantané suffisent."
printf '[panel]\nquorum = 2\nstanding-issuers = ["%s"]\n' "$guild" >policy.toml
run "cat policy.toml"
expect 0 "badge-verifier check badge.json --policy policy.toml --danger-allow-loopback --save-snapshot before.json >online.txt"
expect_words 0 "quorum Aïcha Chloé $guild" "badge-verifier check badge.json --policy policy.toml --offline --snapshot before.json"

say "The badge alone, without any network: the chain is all in it, from each evaluator to the guild behind her. What nobody can know without the network is whether one was taken back since." \
    "Le badge seul, sans aucun réseau : toute la chaîne y est, de chaque évaluatrice à la guilde qui répond d’elle. Seul le réseau dirait si l’une d’elles s’est rétractée depuis."
expect_words 3 "quorum Aïcha Chloé $guild not.at.hand" "badge-verifier check badge.json --policy policy.toml --offline"

say "Months later Chloé finds an error, and takes her evaluation back; the body keeps the status, so nobody can hide it." \
    "Des mois plus tard, Chloé trouve une erreur et retire son évaluation ; l’organisme en tient l’état, donc personne ne peut le cacher."
as chloé
expect_words 0 "withdrawn" "badge-wallet evaluate withdraw chloé.json --reason error-found --statement 'La moitié des réparations était d’un autre.' --at $url --danger-allow-loopback ${me[chloé]} --passphrase-file chloé.pass"

say "The same badge, checked again: it stands on its issuer's word, but no panel stands behind it any more." \
    "Le même badge, vérifié de nouveau : il tient par la parole de son émetteur, mais plus aucun jury ne le porte."
expect_words 1 "withdrawn quorum" "badge-verifier check badge.json --policy policy.toml --danger-allow-loopback"
expect 0 "badge-verifier check badge.json --danger-allow-loopback >without-panel.txt"

umask 022
rm -rf "$output"
mkdir -p "$output"
for file in badge.json aïcha.json benoît.json chloé.json achievement.json policy.toml before.json; do cat "$file" >"$output/$file"; done
say "Done in $((SECONDS - started)) s. The files are in demo-output/evaluation/:" "Fait en $((SECONDS - started)) s. Les fichiers sont dans demo-output/evaluation/ :"
ls -l "$output"
