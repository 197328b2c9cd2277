#!/usr/bin/env bash
# Builds cod, and lets it retrieve a synthetic study from a store on this machine. Flags go to `cod demo`.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh
echo "demo: building cod (the first time takes some minutes)" >&2
swift build --product cod
exec "$(swift build --show-bin-path)/cod" demo "$@"
