#!/usr/bin/env bash
# Makes what is handed out, for the system and processor that it runs on:
#   Scripts/release.sh [DIR]
# DIR (default: dist) gets cod-VERSION-linux-ARCH.tar.gz or cod-VERSION-macos-ARCH.tar.gz, and SHA256SUMS. The archive has the shape of a
# prefix (bin, share/man, share/doc, completions), so that `tar -xzf FILE -C /usr/local --strip-components=1` installs it.
# The same sources, Package.resolved, toolchain and SOURCE_DATE_EPOCH (default: the last commit's date) make the same bytes.
set -euo pipefail

[ $# -le 1 ] || { echo "usage: Scripts/release.sh [DIR]" >&2; exit 64; }
cd "$(dirname "$0")/.." && root=$PWD
cd "$OLDPWD" && mkdir -p "${1:-$root/dist}" && dir=$(cd "${1:-$root/dist}" && pwd)
cd "$root"
export LC_ALL=C TZ=UTC
umask 022

say() { printf 'release: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

Scripts/setup.sh
version=$(sed -n 's/.*static let current = "\([0-9][0-9.]*\)".*/\1/p' Sources/CodCore/CodVersion.swift)
[ -n "$version" ] || refuse "Sources/CodCore/CodVersion.swift names no version."
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || true)}
[ -n "$epoch" ] || { epoch=$(date +%s); say "no SOURCE_DATE_EPOCH and no git history: files get the date of today."; }
export SOURCE_DATE_EPOCH=$epoch
# GNU's date, or BSD's.
at() { date -u -d "@$epoch" "$1" 2>/dev/null || date -u -r "$epoch" "$1"; }

arch=$(uname -m)
case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=macos ;;
    *) refuse "cod is released for Linux and macOS, and this is $(uname -s)." ;;
esac
name=cod-$version-$system-$arch

# MARK: The build

scratch=.build-release
archives=$root/$scratch/archives
rm -rf "$archives" && mkdir -p "$archives"
flags=(
    --configuration release --scratch-path "$scratch" -debug-info-format none --disable-index-store
    # Where it was built is nobody's business, and would make each copy another.
    -Xswiftc -file-prefix-map -Xswiftc "$root=." -Xcc "-ffile-prefix-map=$root=."
)

# Only archives lie in this folder, which is searched first: the linker takes them, and programs need no library to be there.
link_archive() {
    for place in "$@"; do
        [ -e "$place" ] || continue
        ln -s "$place" "$archives/"
        return
    done
    say "no ${1##*/} here: cod will need the shared library."
}
if [ "$system" = linux ]; then
    for library in libz.a libzstd.a libstdc++.a; do link_archive "$(clang -print-file-name="$library")" "$library"; done
    # Not libgcc: every system has it, and its archive would need a newer C library than all the rest. The other linker leaves in more of
    # libstdc++, and needs a newer one, too.
    flags+=(--static-swift-stdlib --disable-local-rpath -Xswiftc "-L$archives" -Xswiftc -use-ld=lld -Xlinker -z -Xlinker now)
    # What pkg-config says of a library goes before any other flag, and names the folder of the shared one.
    for library in z zstd; do
        printf 'Name: %s\nDescription: its archive\nVersion: 0\nLibs: -L%s -l%s\n' "$library" "$archives" "$library" >"$archives/$library.pc"
    done
    mv "$archives/z.pc" "$archives/zlib.pc" && mv "$archives/zstd.pc" "$archives/libzstd.pc"
    flags+=(--pkg-config-path "$archives")
    # These two alone have a newer version since glibc 2.35, which differs in how it sets errno; the oldest keeps RHEL 9 on the list.
    case "$arch" in x86_64) oldest=GLIBC_2.2.5 ;; *) oldest=GLIBC_2.17 ;; esac
    for call in hypot:double hypotf:float; do
        printf '__asm__(".symver old_%s, %s@%s");\n' "${call%:*}" "${call%:*}" "$oldest"
        printf '%s old_%s(%s, %s);\n' "${call#*:}" "${call%:*}" "${call#*:}" "${call#*:}"
        printf '%s __wrap_%s(%s x, %s y) { return old_%s(x, y); }\n' "${call#*:}" "${call%:*}" "${call#*:}" "${call#*:}" "${call%:*}"
        flags+=(-Xlinker "--wrap=${call%:*}")
    done >"$archives/hypot.c"
    clang -c -O2 -fPIC -o "$archives/hypot.o" "$archives/hypot.c"
    flags+=(-Xlinker "$archives/hypot.o")
else
    # zlib comes with the system; Homebrew's zstd does not.
    link_archive "$(pkg-config --variable=libdir libzstd)/libzstd.a"
    flags+=(-Xswiftc "-L$archives")
fi

say "building cod $version for $system on $arch (the first time takes ten minutes and more)"
swift build "${flags[@]}" --product cod >&2
bin=$(swift build "${flags[@]}" --show-bin-path)
Scripts/artifacts.sh "$scratch/beside" "$(at +%Y-%m-%d)" "${flags[@]}"

# MARK: What is packed

stage=$scratch/stage/$name
rm -rf "$scratch/stage"
put() { mkdir -p "$(dirname "$stage/$3")" && install -m "$1" "$2" "$stage/$3"; }
put 755 "$bin/cod" bin/cod
if [ "$system" = linux ]; then
    strip --strip-all --remove-section=.comment "$stage/bin/cod"
else
    # What was stripped has to be signed anew, or the system ends it.
    strip -x "$stage/bin/cod" && codesign --force --sign - "$stage/bin/cod"
fi
put 644 "$scratch/beside/man/man1/cod.1" share/man/man1/cod.1
put 644 "$scratch/beside/completions/cod.bash" share/bash-completion/completions/cod
put 644 "$scratch/beside/completions/_cod" share/zsh/site-functions/_cod
put 644 "$scratch/beside/completions/cod.fish" share/fish/vendor_completions.d/cod.fish
for file in README.md CHANGELOG.md LICENSE Package.resolved Documentation/*.md; do put 644 "$file" "share/doc/cod-retrieve/$file"; done

# The comments of a source file that grant rights under conditions, such as to be shown.
granting_comments() {
    awk '
        function end() { if (block ~ /Permission is hereby granted|Permission to use|Redistribution and use/) print block "\n"; block = "" }
        FNR == 1 { end() }
        open || /^[ \t]*(\/\/|\/\*)/ {
            block = block $0 "\n"
            if (/\/\*/) open = 1
            if (/\*\//) { open = 0; end() }
            next
        }
        { end() }
        END { end() }' "$@"
}
notices() {
    echo "cod is licensed under the Apache License 2.0 (LICENSE). What it is built with, and under which terms:"
    for package in "$scratch"/checkouts/*/; do
        identity=$(basename "$package")
        release=$(awk -v id="$identity" -F '"' \
            '$2 == "identity" { found = $4 == id } found && $2 == "version" { print $4; exit }' Package.resolved)
        printf '\n%s\n%s %s\n' "$(printf '=%.0s' {1..100})" "$identity" "$release"
        find "$package" \( -name Tests -o -name Examples -o -name .git \) -prune -o \
            -type f \( -iname 'LICENSE*' -o -iname 'NOTICE*' \) -print | sort | while read -r file; do
            printf '\n--- %s: %s\n\n' "$identity" "${file#"$package"}"
            cat "$file"
        done
        find "$package/Sources" -type f \( -name '*.c' -o -name '*.cc' -o -name '*.h' -o -name '*.swift' \) | sort |
            xargs grep -lE 'Permission is hereby granted|Permission to use|Redistribution and use' |
            while read -r file; do
                printf '\n--- %s: in %s\n\n' "$identity" "${file#"$package"}"
                granting_comments "$file"
            done || true
    done
    [ "$system" = linux ] || return 0
    printf '\n%s\n' "$(printf '=%.0s' {1..100})"
    echo "The Swift runtime (Apache License 2.0), libstdc++ (GPL 3) are in it by the runtime library exceptions of their licenses."
    for package in zlib1g-dev libzstd-dev; do
        [ -e "/usr/share/doc/$package/copyright" ] || continue
        printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..100})" "${package%-dev}"
        cat "/usr/share/doc/$package/copyright"
    done
}
notices >"$scratch/THIRD-PARTY.txt"
put 644 "$scratch/THIRD-PARTY.txt" share/doc/cod-retrieve/THIRD-PARTY.txt

# MARK: What must hold of it

binary=$stage/bin/cod
if grep -qaF "$root/" "$binary"; then refuse "the binary names the folder that it was built in ($root)."; fi
if [ "$system" = linux ]; then
    # The loader, the C library and its mathematics; what else there is, a system may lack.
    needed=$(objdump -p "$binary" | awk '$1 == "NEEDED" { print $2 }' | sort | paste -sd ' ' -)
    glibc=$(objdump -T "$binary" | sed -n 's/.*(\{0,1\}GLIBC_\([0-9.]*\)).*/\1/p' | sort -Vu | tail -n 1)
    say "needs $needed; glibc $glibc or newer"
else
    if otool -L "$binary" | tail -n +2 | grep -vE '^[[:space:]]*(/usr/lib/|/System/)' >&2; then
        refuse "the binary needs these libraries, which other Macs do not have."
    fi
fi

# MARK: The archive

find "$stage" -exec touch -h -t "$(at +%Y%m%d%H%M.%S)" {} +
owner=(--owner=0 --group=0 --numeric-owner)
if tar --version | grep -q bsdtar; then owner=(--uid 0 --gid 0 --numeric-owner); fi
# Files only: folders that are there already keep their owners and modes.
(cd "$scratch/stage" && find "$name" -type f | sort | tar --format ustar "${owner[@]}" -cf - -T -) | gzip -9n >"$dir/$name.tar.gz.partial"
mv "$dir/$name.tar.gz.partial" "$dir/$name.tar.gz"

# As it comes out of the archive, where little is there.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
tar -xzf "$dir/$name.tar.gz" -C "$trial" --strip-components=1
mkdir "$trial/empty"
run() { (cd "$trial/empty" && env -i PATH=/usr/bin:/bin HOME="$trial/empty" "$trial/bin/cod" "$@"); }
said=$(run --version)
[ "$said" = "$version" ] || refuse "cod --version says $said, and the version is $version."
run demo --output out >&2 || refuse "cod demo failed."
run verify out >&2 || refuse "cod verify failed."

sums() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
(cd "$dir" && sums cod-"$version"-*.tar.gz >SHA256SUMS.partial && mv SHA256SUMS.partial SHA256SUMS)
say "made $dir/$name.tar.gz"
