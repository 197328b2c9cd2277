#!/usr/bin/env bash
# Installs what the build needs and is missing: zlib's and zstd's headers. Checks for Swift 6.2 or newer.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

if ! command -v swift >/dev/null 2>&1; then
    say "there is no swift on the PATH. Install Swift 6.2 or newer from https://www.swift.org/install/, then run this again."
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
if [ "$(printf '6.2\n%s\n' "$version" | sort -t. -k1,1n -k2,2n | head -n 1)" != 6.2 ]; then
    say "this is Swift $version; version 6.2 or newer is needed (https://www.swift.org/install/)."
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else
        say "root is needed to run: $*"
        exit 1
    fi
}

case "$(uname -s)" in
    Linux)
        missing=()
        for package in "$@" zlib1g-dev libzstd-dev pkg-config; do
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
        done
        if [ ${#missing[@]} -gt 0 ]; then
            if ! command -v apt-get >/dev/null 2>&1; then
                say "install these with your package manager: ${missing[*]} (the headers of zlib and zstd, and pkg-config)."
                exit 1
            fi
            say "installing ${missing[*]}"
            as_root apt-get update -qq
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
        fi
        ;;
    Darwin)
        # zlib comes with the system.
        if ! brew list zstd pkg-config >/dev/null 2>&1; then
            command -v brew >/dev/null 2>&1 || { say "install Homebrew (https://brew.sh), or zstd and pkg-config by hand."; exit 1; }
            say "installing zstd and pkg-config"
            brew install --quiet zstd pkg-config
        fi
        ;;
esac
