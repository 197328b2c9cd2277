#!/usr/bin/env bash
# Packs what Scripts/release.sh made for Linux as a Debian package:
#   Scripts/deb.sh cod-VERSION-linux-ARCH.tar.gz [DIR]
# DIR (default: where the archive is) gets cod-retrieve_VERSION-1_ARCH.deb. Needs dpkg-dev. DEBFULLNAME and DEBEMAIL name who maintains it
# (default: git's user.name and user.email), DEB_REVISION counts packages of one release (default: 1).
# The same archive, the same names and the same dpkg make the same bytes.
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then echo "usage: Scripts/deb.sh cod-VERSION-linux-ARCH.tar.gz [DIR]" >&2; exit 64; fi
say() { printf 'deb: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

archive=$1
[ -f "$archive" ] || refuse "there is no file $archive; Scripts/release.sh makes one."
dir=${2:-$(dirname "$archive")}
mkdir -p "$dir" && dir=$(cd "$dir" && pwd)
recipe=$(cd "$(dirname "$0")/../Packaging/debian" && pwd)
for program in dpkg-deb dpkg-shlibdeps; do
    command -v "$program" >/dev/null 2>&1 || refuse "there is no $program here; apt-get install dpkg-dev."
done
export LC_ALL=C TZ=UTC
umask 022

pattern='^cod-([0-9]+(\.[0-9]+)*)-linux-(x86_64|aarch64)\.tar\.gz$'
[[ "$(basename "$archive")" =~ $pattern ]] || refuse "$(basename "$archive") is no name of the form cod-VERSION-linux-ARCH.tar.gz."
version=${BASH_REMATCH[1]}-${DEB_REVISION:-1}
case "${BASH_REMATCH[3]}" in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
esac
name=${DEBFULLNAME:-$(git config user.name || true)} email=${DEBEMAIL:-$(git config user.email || true)}
if [ -z "$name" ] || [ -z "$email" ]; then refuse "set DEBFULLNAME and DEBEMAIL to who maintains the package."; fi
maintainer="$name <$email>"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Where dpkg-shlibdeps expects a package; mktemp's own folder is its owner's alone.
mkdir -p "$work/release" "$work/debian/cod-retrieve/DEBIAN"
tar -xzf "$archive" -C "$work/release" --strip-components=1
epoch=$(stat -c %Y "$work/release/bin/cod")
export SOURCE_DATE_EPOCH=$epoch

# MARK: Files, where Debian has them

release=$work/release package=$work/debian/cod-retrieve
documents=usr/share/doc/cod-retrieve
put() { install -D -m "$1" "$2" "$package/$3"; }
# Without its name and date, which would differ.
put_packed() { mkdir -p "$(dirname "$package/$2")" && gzip -9n >"$package/$2" <"$1" && chmod 644 "$package/$2"; }
put 755 "$release/bin/cod" usr/bin/cod
put_packed "$release/share/man/man1/cod.1" usr/share/man/man1/cod.1.gz
# It is read by a shell, not run.
sed '1{/^#!/d}' "$release/share/bash-completion/completions/cod" >"$work/cod.bash"
put 644 "$work/cod.bash" usr/share/bash-completion/completions/cod
put 644 "$release/share/zsh/site-functions/_cod" usr/share/zsh/vendor-completions/_cod
put 644 "$release/share/fish/vendor_completions.d/cod.fish" usr/share/fish/vendor_completions.d/cod.fish
put 644 "$release/share/doc/cod-retrieve/README.md" "$documents/README.md"
for file in "$release"/share/doc/cod-retrieve/Documentation/*.md; do put 644 "$file" "$documents/Documentation/${file##*/}"; done
put 644 "$recipe/copyright" "$documents/copyright"
put 644 "$recipe/lintian-overrides" usr/share/lintian/overrides/cod-retrieve
put_packed "$release/share/doc/cod-retrieve/THIRD-PARTY.txt" "$documents/THIRD-PARTY.txt.gz"
put_packed "$release/share/doc/cod-retrieve/CHANGELOG.md" "$documents/changelog.gz"
cat >"$work/changelog" <<END
cod-retrieve ($version) unstable; urgency=medium

  * Release ${version%-*}; changelog.gz tells what is in it.

 -- $maintainer  $(date -u -R -d "@$epoch")
END
put_packed "$work/changelog" "$documents/changelog.Debian.gz"

# MARK: What dpkg is told

# It reads of which source the package is.
printf 'Source: cod-retrieve\n\nPackage: cod-retrieve\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O debian/cod-retrieve/usr/bin/cod | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || refuse "dpkg-shlibdeps names nothing that cod depends on."
size=$(find "$package" -type f -exec stat -c %s {} + | awk '{ kibibytes += int(($1 + 1023) / 1024) } END { print kibibytes }')
sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@MAINTAINER@|$maintainer|" \
    -e "s|@INSTALLED_SIZE@|$size|" -e "s|@DEPENDS@|$depends|" "$recipe/control" >"$package/DEBIAN/control"
if grep -q '@[A-Z_]*@' "$package/DEBIAN/control"; then refuse "something in $recipe/control is not filled in."; fi
(cd "$package" && find usr -type f | sort | xargs md5sum >DEBIAN/md5sums)
find "$package" -exec touch -h -d "@$epoch" {} +

file=cod-retrieve_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$package" "$work/$file" >/dev/null
mv "$work/$file" "$dir/$file"
say "made $dir/$file (depends on $depends)"
