#!/usr/bin/env bash
# Runs all tests. Flags go to `swift test`, such as --filter CodCoreTests.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
# The tests run the built binary as a user does.
swift build --build-tests
# So many tests at a time: all at once, those that compute would keep those that wait from their threads for minutes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-16}"
if [ -t 1 ]; then exec swift test --skip-build "$@"; fi
# In a log of thousands of lines what failed is told once more at the end.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build "$@" 2>&1 | tee "$log" && exit
printf '\n== what failed\n'
grep -A 3 "recorded an issue\|unexpected signal\|Fatal error" "$log" | cut -c 1-600 | tail -n 100 || true
tail -n 1 "$log"
exit 1
