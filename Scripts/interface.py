#!/usr/bin/env python3
"""Lists all that is public, from symbol graphs: one declaration a line, so that a change of it is seen and decided.

    interface.py SYMBOLS LISTS MODULE…            fails where LISTS/MODULE.txt says something else
    interface.py --accept SYMBOLS LISTS MODULE…   writes the lists anew
"""

import difflib
import json
import pathlib
import sys


def declarations(folder):
    """What a module declares and lets others declare more of: extensions of others' types, too."""
    lines = set()
    for path in pathlib.Path(folder).glob("*.symbols.json"):
        for symbol in json.loads(path.read_text())["symbols"]:
            # What the compiler adds is no decision of ours.
            if "location" not in symbol:
                continue
            text = "".join(fragment["spelling"] for fragment in symbol["declarationFragments"])
            owner = ".".join(symbol["pathComponents"][:-1])
            lines.add(" ".join(f"{owner}: {text}".split()) if owner else " ".join(text.split()))
    return "".join(f"{line}\n" for line in sorted(lines))


def main(arguments):
    accepts = arguments[0] == "--accept"
    symbols, lists, *modules = arguments[1:] if accepts else arguments
    different = False
    for module in modules:
        path = pathlib.Path(lists, f"{module}.txt")
        text = declarations(pathlib.Path(symbols, module))
        if accepts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            continue
        known = path.read_text() if path.exists() else ""
        if text != known:
            different = True
            sys.stderr.writelines(
                difflib.unified_diff(known.splitlines(True), text.splitlines(True), str(path), "what is public now", n=0))
    if different:
        sys.exit("What is public has changed. Where that is meant, run Scripts/docs.sh --accept and commit the lists.")


main(sys.argv[1:])
