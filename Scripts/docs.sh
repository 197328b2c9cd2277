#!/usr/bin/env bash
# Builds the documentation of all libraries into a folder (default .build/documentation), as one archive that any web server serves.
# Links are checked, a warning is an error, and so is a public symbol without a doc comment, or one that its library's page does not name.
#
# What is public is held against the lists in Documentation/Interface; --accept writes those anew.
#
#   Scripts/docs.sh [--accept] [FOLDER]
#
# What has been built in .build is reused. Look at it with: python3 -m http.server --directory FOLDER/cod-retrieve.doccarchive
set -euo pipefail
cd "$(dirname "$0")/.."
accept=()
if [ "${1:-}" = --accept ]; then
    accept=(--accept)
    shift
fi
output=${1:-.build/documentation}

# Each after those that it links to.
modules=(CodCore CodTransport CodExtract CodSink CodZip CodFilter CodManifest CodTesting CodRetrieve)

find_catalog() {
    for catalog in "Sources/$1/$1.docc" "Plugins/$1/$1.docc"; do
        if [ -d "$catalog" ]; then echo "$catalog"; fi
    done
}

run_tool() { if command -v xcrun >/dev/null; then xcrun "$@"; else "$@"; fi; }

swift build
products=$(swift build --show-bin-path)
read -r target sdk <<<"$(swiftc -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])') \
$(if command -v xcrun >/dev/null; then xcrun --show-sdk-path; fi)"

# Where the C modules are that Swift modules need, of packages and of the system.
maps=()
while IFS= read -r map; do maps+=(-Xcc "-fmodule-map-file=$map"); done < <(
    find "$products"/*.build -maxdepth 1 -name module.modulemap
    find .build/checkouts/*/Sources/*/include Sources -name module.modulemap
)

rm -rf "$output"
mkdir -p "$output/symbols" "$output/archives"
for module in "${modules[@]}"; do
    mkdir "$output/symbols/$module"
    run_tool swift-symbolgraph-extract -module-name "$module" -I "$products/Modules" "${maps[@]}" -target "$target" \
        ${sdk:+-sdk "$sdk"} -minimum-access-level public -skip-synthesized-members -output-dir "$output/symbols/$module"
done
python3 Scripts/interface.py ${accept[@]+"${accept[@]}"} "$output/symbols" Documentation/Interface "${modules[@]}"
python3 Scripts/symbols.py "$output/symbols" "${modules[@]}"

dependencies=()
for module in "${modules[@]}"; do
    archive=$output/archives/$module.doccarchive
    run_tool docc convert "$(find_catalog "$module")" --additional-symbol-graph-dir "$output/symbols/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" --warnings-as-errors \
        --enable-experimental-external-link-support ${dependencies[@]+"${dependencies[@]}"} --output-path "$archive"
    # What the catalog names under no topic is put under topics that docc makes up.
    page=$archive/data/documentation/$(echo "$module" | tr '[:upper:]' '[:lower:]').json
    if grep -q '"generated":true' "$page"; then
        echo "$(find_catalog "$module")/$module.md does not name all that is public:" >&2
        python3 -c 'import json, sys
for topic in json.load(open(sys.argv[1]))["topicSections"]:
    if topic.get("generated"): print(*topic["identifiers"], sep="\n", file=sys.stderr)' "$page"
        exit 1
    fi
    dependencies+=(--dependency "$archive")
done
run_tool docc merge "$output"/archives/*.doccarchive --synthesized-landing-page-name cod-retrieve \
    --output-path "$output/cod-retrieve.doccarchive"
rm -rf "$output/symbols" "$output/archives"
echo "The documentation is in $output/cod-retrieve.doccarchive."
