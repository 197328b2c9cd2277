"""Runs commands in a shell on a pseudo-terminal, and makes a picture of its screen.

    shoot.py PICTURE.svg TITLE [--columns N] [--folder DIR] [--shot REGEX] COMMAND…

With --shot the picture has two parts: the screen while the first command runs, as soon as a line of it matches, and the screen at the
end. Ends with 1 where something of this machine is in the picture.
"""

import argparse
import os
import pwd
import socket
import sys
from pathlib import Path

from shell import Shell
from svg import picture, snapshot

MOST_BYTES = 15_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("picture", type=Path)
    parser.add_argument("title")
    parser.add_argument("commands", nargs="+")
    parser.add_argument("--columns", type=int, default=118)
    parser.add_argument("--folder", default=".")
    parser.add_argument("--shot")
    arguments = parser.parse_args()

    shell = Shell(arguments.columns, 60, arguments.folder)
    panes = []
    for number, command in enumerate(arguments.commands):
        if arguments.shot and number == 0:
            shell.run(command, until=arguments.shot)
            panes.append(snapshot(shell.screen, shell.height()))
            shell.wait()
        else:
            shell.run(command)
    # Without the prompt that waits for the next command.
    panes.append(snapshot(shell.screen, shell.height() - 1))
    shell.close()

    svg = picture(panes, arguments.columns, arguments.title)
    # HOME may have been changed.
    private = {pwd.getpwuid(os.getuid()).pw_dir, os.path.realpath(arguments.folder), os.getcwd(), socket.gethostname()}
    if found := [name for name in private if len(name) > 3 and name in svg]:
        sys.exit(f"pictures: {arguments.picture.name} shows {found}")
    if len(svg.encode()) > MOST_BYTES:
        sys.exit(f"pictures: {arguments.picture.name} has {len(svg.encode())} bytes; {MOST_BYTES} are the limit")
    arguments.picture.write_text(svg)


main()
