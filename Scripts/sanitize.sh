#!/usr/bin/env bash
# Runs all tests, and the `cod` that they start, under a sanitizer. Further flags go to `swift test`, such as --filter CodCoreTests.
#   Scripts/sanitize.sh thread|address [FLAG…]
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-}
case "$kind" in
    thread) scratch=.build-tsan ;;
    address) scratch=.build-asan ;;
    *) echo "usage: Scripts/sanitize.sh thread|address [FLAG…]" >&2; exit 64 ;;
esac
shift

reports="$PWD/$scratch/reports"
rm -rf "$reports"
mkdir -p "$reports"
# Reports go into files, and exit codes stay the program's own: the tests compare both.
options="log_path=$reports/report:exitcode=0"
symbolizer=$(command -v llvm-symbolizer || true)
[ -z "$symbolizer" ] || options="$options:external_symbolizer_path=$symbolizer"
export COD_SANITIZER="$kind"
export TSAN_OPTIONS="$options:suppressions=$PWD/Scripts/thread-sanitizer.txt:print_suppressions=0"
export ASAN_OPTIONS="$options:detect_leaks=0:suppressions=$PWD/Scripts/address-sanitizer.txt"
# A crash must stay a crash, and soon.
export SWIFT_BACKTRACE=enable=no

swift build --build-tests --sanitize="$kind" --scratch-path "$scratch"
status=0
# Few at a time: with a sanitizer's slowness upon them, many run into their time limits.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-4}"
swift test --skip-build --sanitize="$kind" --scratch-path "$scratch" "$@" || status=$?

count=$(find "$reports" -type f | wc -l)
if [ "$count" -gt 0 ]; then
    echo "sanitize: $count processes were reported on, in $reports:" >&2
    grep -rh '^SUMMARY' "$reports" | sed 's/ (pid=[0-9]*)//' | sort | uniq -c | sort -rn >&2
    exit 1
fi
echo "sanitize: no reports" >&2
exit $status
