#!/usr/bin/env bash
# Runs all tests. Flags go to `swift test`, such as --filter CodCoreTests.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
# The tests run the built binary as a user does.
swift build --build-tests
# So many tests at a time: all at once, those that compute would keep those that wait from their threads for minutes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-16}"
exec swift test --skip-build "$@"
