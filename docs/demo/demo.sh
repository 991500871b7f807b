#!/usr/bin/env bash
# Build a small bilingual library from the pages beside this file, without a network, and ask it a few things.
# Usage: demo.sh DIR      (DIR keeps the library; run again and only what changed is done)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
export IDEAGRAPH_LIBRARY="$1/library"

run() {
    local begin=$SECONDS code=0
    printf '\n$ ideagraph'
    for word in "$@"; do
        case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    ideagraph "$@" || code=$?
    printf '(%s s)\n' $((SECONDS - begin))
    return $code
}

begin=$SECONDS
python "$here/serve.py" "$1/pages.warc.gz"
run build "$here/reading_list.md" --replay "$1/pages.warc.gz"
run search "why does attention use several heads" -n 3
run search "为什么要用多头注意力" -n 3
run related "multi-head attention" -n 5
run path XLNet pruning
run eval "$here/questions.jsonl"
run export "$1/ideas.graphml"
printf '\nThe demo took %s s. The graph is in %s.\n' $((SECONDS - begin)) "$1/ideas.graphml"
printf 'Ask it more: %s search "your question" --library %s\n' "$(command -v ideagraph)" "$IDEAGRAPH_LIBRARY"
