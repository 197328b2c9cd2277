#!/usr/bin/env bash
# Tries what Scripts/release.sh and Scripts/deb.sh made in fresh Debians that have no Swift. As root, with debootstrap.
#   Packaging/try.sh cod-VERSION-linux-ARCH.tar.gz cod-retrieve_VERSION-1_ARCH.deb [SUITE | FOLDER]…
# For each suite (default: bookworm) a minimal system is made in a temporary folder and entered; of a folder that holds a system, a copy is.
# What does not hold ends it with a code other than 0.
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: Packaging/try.sh TARBALL DEB [SUITE | FOLDER]…" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "try: root is needed to make a system and to enter it." >&2; exit 1; }
archive=$(realpath "$1") package=$(realpath "$2")
suites=("${@:3}")
[ ${#suites[@]} -gt 0 ] || suites=(bookworm)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# Inside: the archive in /usr/local, away again, then the package, away again.
cat >"$work/steps" <<'END'
set -eu
cd /root
files() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /root -o -path '/var/lib/dpkg*' \
    -o -path '/var/log*' -o -path '/var/cache*' -o -path '/var/lib/apt*' \) -prune -o ! -type d -print | sort; }
# To a file, as a pipe would hide how a program ended.
last() { "$@" >/tmp/said || { cat /tmp/said; exit 1; }; tail -n 1 /tmp/said; }
exercise() {
    rm -rf empty && mkdir empty && cd empty
    last "$1" --version
    last "$1" demo
    last "$1" verify cod-demo
    last "$1" sample --quiet store
    last "$1" download store -o studies --zip --zip-dir zips
    last "$1" verify studies
    last "$1" verify zips/*.zip
    cd ..
}
. /etc/os-release
echo "try: $PRETTY_NAME, $(ldd --version | head -n 1)"
if ldconfig -p | grep libswift; then exit 1; fi
files >/tmp/before

tar -xzf /tmp/cod.tar.gz -C /usr/local --strip-components=1
test "$(command -v cod)" = /usr/local/bin/cod
ldd /usr/local/bin/cod
exercise cod
tar -tzf /tmp/cod.tar.gz | sed 's|^[^/]*/|/usr/local/|' | xargs rm
files | cmp - /tmp/before

dpkg -i /tmp/cod.deb
exercise /usr/bin/cod
dpkg --verify cod-retrieve
for file in man/man1/cod.1.gz bash-completion/completions/cod zsh/vendor-completions/_cod fish/vendor_completions.d/cod.fish; do
    test -s "/usr/share/$file"
done
if command -v man >/dev/null; then man -w cod && man cod | head -n 5; else echo "try: no man here"; fi
dpkg -P cod-retrieve
files | cmp - /tmp/before
echo "try: $PRETTY_NAME: all held"
END

for suite in "${suites[@]}"; do
    root=$work/system
    if [ -d "$suite" ]; then
        cp -a "$suite" "$root"
    else
        debootstrap --variant=minbase "$suite" "$root" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
    fi
    cp "$archive" "$root/tmp/cod.tar.gz"
    cp "$package" "$root/tmp/cod.deb"
    # A network of its own, of loopback alone: what is tried here needs no other.
    # shellcheck disable=SC2016 # The inner shell expands them.
    unshare --mount --net --pid --fork bash -c '
        ip link set lo up && mount -t proc proc "$1/proc" &&
            exec env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LC_ALL=C chroot "$1" sh -c "$2"
    ' _ "$root" "$(cat "$work/steps")"
    rm -rf "$root"
done
