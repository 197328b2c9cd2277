#!/usr/bin/env bash
# Runs all tests. Flags go to `swift test`, such as --filter CodCoreTests.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
# The tests run the built binary as a user does.
swift build --build-tests
exec swift test --skip-build "$@"
