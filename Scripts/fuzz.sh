#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer and the address sanitizer (Linux). Documentation/Testing.md tells more.
#   Scripts/fuzz.sh [--runs N | --seconds N] [--build] [TARGET…]
# Without targets, all of them. What is found stands in .build-fuzz/findings; corpora grow in .build-fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=-runs=1000000
targets=()
only_build=
while [ $# -gt 0 ]; do
    case "$1" in
        --runs) limit="-runs=$2"; shift ;;
        --seconds) limit="-max_total_time=$2"; shift ;;
        --build) only_build=1 ;;
        -*) echo "fuzz: $1 is no flag of this script" >&2; exit 64 ;;
        *) targets+=("$1") ;;
    esac
    shift
done
[ ${#targets[@]} -gt 0 ] || targets=(tar metadata json listing link log records answer)

scratch=.build-fuzz
# Two --sanitize flags link both runtimes; only the flag with both names makes the compiler put both into the code. The targets reach
# inside modules (-enable-testing).
COD_FUZZ=1 swift build -c release --product CodFuzz --scratch-path "$scratch" \
    --sanitize=address --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address -Xswiftc -DLIBFUZZER -Xswiftc -enable-testing
[ -z "$only_build" ] || exit 0
program=$(COD_FUZZ=1 swift build -c release --scratch-path "$scratch" --show-bin-path)/CodFuzz

# Swift's own backtraces would keep libFuzzer from saving the input.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS="quarantine_size_mb=16:${ASAN_OPTIONS:-}"
mkdir -p "$scratch/findings" "$scratch/logs"
status=0
for target in "${targets[@]}"; do
    seeds="$scratch/seeds/$target" corpus="$scratch/corpus/$target"
    "$program" "--target=$target" "--write-seeds=$seeds"
    mkdir -p "$corpus"
    echo "fuzz: $target (the log stands in $scratch/logs/$target.log)" >&2
    "$program" "--target=$target" "$limit" "-max_len=$(cat "$seeds.max_len")" "-dict=$seeds.dict" -use_value_profile=1 -timeout=5 \
        -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 "-artifact_prefix=$scratch/findings/$target-" \
        "$corpus" "$seeds" >"$scratch/logs/$target.log" 2>&1 || { status=1; echo "fuzz: $target found something" >&2; }
    grep -E '^stat::number_of_exec|^stat::average_exec|^stat::slowest' "$scratch/logs/$target.log" >&2 || true
    grep -E '(DONE|pulse|NEW|REDUCE).* cov:' "$scratch/logs/$target.log" | tail -n 1 >&2 || true
done
exit $status
