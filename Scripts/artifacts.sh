#!/usr/bin/env bash
# Makes what is installed beside cod: completion scripts for bash, zsh and fish, and the manual page.
#   Scripts/artifacts.sh DIR [YYYY-MM-DD [FLAG…]]
# DIR gets completions/{cod.bash,_cod,cod.fish} and man/man1/cod.1, which bears the date (default: that of the last commit).
# Flags go to `swift build`: those that cod was built with make them of that build, without another one.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: Scripts/artifacts.sh DIR [YYYY-MM-DD [FLAG…]]" >&2; exit 64; }
mkdir -p "$1/completions" "$1/man/man1"
dir=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
date=${2:-$(git log -1 --format=%cs 2>/dev/null || date +%Y-%m-%d)}
flags=("${@:3}")

# ArgumentParser's program asks cod for its flags.
for product in cod generate-manual; do swift build ${flags[@]+"${flags[@]}"} --product "$product" >&2; done
bin=$(swift build ${flags[@]+"${flags[@]}"} --show-bin-path)

# Written beside and moved: a script that is half there would break a shell.
write() {
    cat >"$1.partial"
    mv "$1.partial" "$1"
}
"$bin/cod" --generate-completion-script bash | write "$dir/completions/cod.bash"
"$bin/cod" --generate-completion-script zsh | write "$dir/completions/_cod"
"$bin/cod" --generate-completion-script fish | write "$dir/completions/cod.fish"
# What it leaves as blank lines and as a full stop behind the name are warnings to man.
"$bin/generate-manual" "$bin/cod" --date "$date" --output-directory - |
    sed -e '/^\.Nd /s/\.$//' -e 's/^$/.sp/' | write "$dir/man/man1/cod.1"

# What is broken is not handed on; programs that are not there check nothing.
check() {
    command -v "$1" >/dev/null 2>&1 || { echo "artifacts: no $1 here to check with" >&2; return 0; }
    "$@" >&2
}
check bash -n "$dir/completions/cod.bash"
check zsh -n "$dir/completions/_cod"
check fish -n "$dir/completions/cod.fish"
check mandoc -T lint -W error "$dir/man/man1/cod.1"
