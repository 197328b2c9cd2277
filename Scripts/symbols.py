#!/usr/bin/env python3
"""Looks through symbol graphs before they are made into documentation.

Fails, and names them, when public symbols have no doc comment. Lets links in doc comments that name another library's symbols lead there:
in the sources they are written as if all were one.

    symbols.py FOLDER MODULE…      FOLDER/MODULE/*.symbols.json
"""

import json
import pathlib
import re
import sys

# A link to a symbol, relative to where it stands.
LINK = re.compile(r"``(?!/)([A-Za-z_][A-Za-z0-9_]*)([^`]*)``")


def main(folder, modules):
    graphs = {
        module: {path: json.loads(path.read_text()) for path in sorted(pathlib.Path(folder, module).glob("*.symbols.json"))}
        for module in modules
    }
    homes = {}
    for module, files in graphs.items():
        for graph in files.values():
            for symbol in graph["symbols"]:
                if len(symbol["pathComponents"]) == 1:
                    homes.setdefault(symbol["pathComponents"][0], module)

    missing, count = [], 0
    for module, files in graphs.items():
        own = {name for graph in files.values() for symbol in graph["symbols"] for name in symbol["pathComponents"]}
        for path, graph in files.items():
            # What a protocol asks for is told there; what a macro makes has no place for a comment.
            told = {relation["source"] for relation in graph["relationships"] if "sourceOrigin" in relation}
            told |= {symbol["identifier"]["precise"] for symbol in graph["symbols"] if "location" not in symbol}
            for symbol in graph["symbols"]:
                if symbol["identifier"]["precise"] not in told:
                    count += 1
                    if not "".join(line["text"] for line in symbol.get("docComment", {}).get("lines", [])).strip():
                        missing.append(place(module, symbol))
                for line in symbol.get("docComment", {}).get("lines", []):
                    line["text"] = LINK.sub(lambda link: lead(link, own, homes), line["text"])
            path.write_text(json.dumps(graph))

    for line in sorted(missing):
        print(line, file=sys.stderr)
    if missing:
        sys.exit(f"{len(missing)} of {count} public symbols have no doc comment.")
    print(f"{count} public symbols have doc comments.")


def lead(link, own, homes):
    """The link, with the module in front where another library has the symbol."""
    name, rest = link.groups()
    if name in own or name not in homes:
        return link.group(0)
    return f"``/{homes[name]}/{name}{rest}``"


def place(module, symbol):
    location = symbol.get("location", {})
    uri = location.get("uri", "").removeprefix("file://")
    line = location.get("position", {}).get("line", -1) + 1
    kind = symbol["kind"]["displayName"].lower()
    return f"{uri}:{line}: {module}: {kind} {'.'.join(symbol['pathComponents'])} has no doc comment"


main(sys.argv[1], sys.argv[2:])
