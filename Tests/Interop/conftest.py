"""The emulator, the stores in it and what they hold: made once for all the tests."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulator import Emulator
from stores import BARE_BUCKET, BUCKET, STORES
from truth import Bucket, Truth, read_objects, read_store, write_folder

HERE = Path(__file__).parent
WRITER_SECONDS = 120


def pytest_addoption(parser):
    parser.addoption("--cod", default=os.environ.get("COD"), help="the cod to test; default: $COD")
    parser.addoption("--store-only", action="store_true", help="make the stores and check them; needs no cod")


def pytest_configure(config):
    path = config.getoption("--cod")
    if not config.getoption("--store-only") and not (path and Path(path).is_file()):
        raise pytest.UsageError(
            f"There is no cod at {path!r}. Build it (swift build), name it with --cod or COD, or give --store-only."
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows with a failure what the emulator was asked last."""
    report = yield
    if report.failed and "world" in getattr(item, "funcargs", {}):
        report.sections.append(("The emulator's log", item.funcargs["world"].emulator.log_tail()))
    return report


def pytest_collection_modifyitems(config, items):
    if config.getoption("--store-only"):
        kept = [item for item in items if "cod" not in item.fixturenames]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@dataclass
class World:
    """All that there is to download, and where it is."""

    emulator: Emulator
    truths: dict[str, Truth]
    # What was given to the writers and what they said, by store.
    reports: dict[str, dict]
    writers: dict[str, str]
    # Copies of the stores: the bytes as stored, and with gzip undone.
    folders: dict[str, Path]
    plain_folders: dict[str, Path]


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("world")
    with Emulator(scratch / "emulator.log", [BUCKET, BARE_BUCKET]) as emulator:
        reports, writers, truths = {}, {}, {}
        for generation in ["current", "first"]:
            report = _run_writer(generation, emulator, scratch)
            writers[generation] = report["writer"]
            reports |= report["stores"]
        for store in STORES.values():
            objects = read_objects(Bucket(emulator.endpoint, store.bucket), store)
            truths[store.name] = read_store(store, objects)
            write_folder(objects, scratch / "folder" / store.name)
            write_folder(objects, scratch / "plain-folder" / store.name, undo_gzip=True)
        yield World(
            emulator,
            truths,
            reports,
            writers,
            folders={name: scratch / "folder" / name for name in STORES},
            plain_folders={name: scratch / "plain-folder" / name for name in STORES},
        )


def _run_writer(generation: str, emulator: Emulator, scratch: Path) -> dict:
    report = scratch / f"{generation}.json"
    environment = {**os.environ, "STORAGE_EMULATOR_HOST": emulator.endpoint, "NO_PROXY": "127.0.0.1"}
    if generation == "first":
        # It has the name of the current one, so it lives beside the packages and is put in front of them.
        environment["PYTHONPATH"] = str(Path(sys.prefix) / "first-generation")
    names = [store.name for store in STORES.values() if store.writer == generation]
    command = [sys.executable, str(HERE / "make_store.py"), "--endpoint", emulator.endpoint]
    command += ["--scratch", str(scratch / "inputs"), "--report", str(report), *names]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WRITER_SECONDS)
    if run.returncode:
        pytest.exit(f"The {generation} writer failed:\n{run.stderr}\n{emulator.log_tail()}", returncode=1)
    return json.loads(report.read_text())


@pytest.fixture(params=STORES)
def truth(request, world) -> Truth:
    return world.truths[request.param]
