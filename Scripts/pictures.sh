#!/usr/bin/env bash
# Makes the pictures of the terminal in Documentation/Pictures, from real runs of cod against a store on this machine.
#   Scripts/pictures.sh [COD]     COD: the command to run; without one it is built
# What is retrieved follows from a seed; times and rates are those of the run. Needs Python 3.10 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

cod=${1:-}
if [ -z "$cod" ]; then
    swift build --product cod >&2
    cod=$(swift build --show-bin-path)/cod
fi
cod=$(cd "$(dirname "$cod")" && pwd)/$(basename "$cod")

environment=$root/.venv-pictures
if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c 'import pyte' 2>/dev/null; then
    python3 -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r Scripts/Pictures/requirements.txt
fi

work=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    server=
}
trap 'stop; rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/here"
ln -s "$cod" "$work/bin/cod"
# Nothing of whoever makes the pictures: no settings, no credentials.
export PATH="$work/bin:$PATH" HOME="$work" XDG_CONFIG_HOME="$work" PYTHONDONTWRITEBYTECODE=1
for name in $(compgen -e COD_) GOOGLE_APPLICATION_CREDENTIALS HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy; do
    unset "$name"
done

# Serves the store, and lets cod find it; further arguments go to cod serve.
serve() {
    stop
    rm -f "$work/endpoint"
    cod serve "$work/store" --bucket hospital-bucket "$@" >"$work/endpoint" 2>/dev/null &
    server=$!
    while [ ! -s "$work/endpoint" ]; do
        kill -0 "$server" || { echo "pictures: the store does not run" >&2; exit 1; }
        sleep 0.1
    done
    STORAGE_EMULATOR_HOST=$(head -n 1 "$work/endpoint")
    export STORAGE_EMULATOR_HOST
}

shoot() { "$environment/bin/python" Scripts/Pictures/shoot.py --folder "$work/here" "$@"; }

pictures=$root/Documentation/Pictures
mkdir -p "$pictures"
source=gs://hospital-bucket/dicomweb

study=$(cod sample "$work/store" --series-count 4 --instance-count 60 --size 384 --seed 11 --multi-frame -q)
serve

shoot "$pictures/download.svg" "A download in progress; below, its summary and a verification" --shot '6[0-9]%' \
    "cod download $source $study -o studies --limit-rate 10M" \
    "cod verify studies"

# What somebody finds who deleted a series and part of another.
first=$(ls -d "$work/here/studies/$study"/*/ | sed -n 1p)
second=$(ls -d "$work/here/studies/$study"/*/ | sed -n 4p)
rm -r "$first"
find "$second" -name '*.dcm' | sort | sed -n 1,20p | xargs rm
shoot "$pictures/stats.svg" "What there is of a study in the bucket and on disk, as a table" \
    "cod stats $source $study -o studies"

# A byte of one instance goes bad in the store.
rm -r "$work/here/studies"
archive=$(find "$work/store" -name '*.tar' | sort | sed -n 2p)
printf 'X' | dd of="$archive" bs=1 seek=300000 conv=notrunc status=none
shoot "$pictures/failure.svg" "An instance that is damaged in the store is named with its cause; the others are saved" \
    "cod download $source $study -o studies" \
    'echo $?'

# A link whose token has expired, to a store at a port that looks well.
serve --require-token another --port 9023
shoot "$pictures/doctor.svg" "What stands between a download and its store is looked at one thing after the other" \
    "cod doctor 'https://portal.example/hospital-bucket?token=abc' -o studies"
ls -l "$pictures" >&2
