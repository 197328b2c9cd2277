"""What `cod` retrieves from the stores that the reference writer made, by every way of naming them, is what is in them."""

import json
from pathlib import Path

import pytest

from cod import Cod, check_events, check_folder, check_readable, snapshot
from stores import STORES, TOKEN, Store
from truth import Truth

FORMS = ["gs and STORAGE_EMULATOR_HOST", "gs and --endpoint", "portal link", "folder", "folder with gzip undone"]


class Source:
    """One way of naming a store on the command line."""

    def __init__(self, form: str, store: Store, world):
        self.environment, self.options = {}, []
        endpoint = world.emulator.endpoint
        if form == "gs and STORAGE_EMULATOR_HOST":
            self.name = store.gs
            self.environment = {"STORAGE_EMULATOR_HOST": endpoint.removeprefix("http://")}
        elif form == "gs and --endpoint":
            self.name, self.options = store.gs, ["--endpoint", endpoint]
        elif form == "portal link":
            self.name, self.options = store.portal_link, ["--endpoint", endpoint]
        else:
            folders = world.folders if form == "folder" else world.plain_folders
            self.name = str(folders[store.name])
        self.is_remote = not form.startswith("folder")

    def download(self, cod: Cod, studies: list[str], folder: Path):
        arguments = ["download", self.name, *studies, "-o", str(folder), *self.options, "--json"]
        return cod.run(*arguments, **self.environment)

    def stats(self, cod: Cod, studies: list[str], folder: Path) -> dict:
        arguments = ["stats", self.name, *studies, "-o", str(folder), *self.options, "--json"]
        return json.loads(cod.run(*arguments, **self.environment).require_success().stdout)


@pytest.fixture(scope="session")
def cod(request, tmp_path_factory) -> Cod:
    return Cod(Path(request.config.getoption("--cod")).resolve(), home=tmp_path_factory.mktemp("home"))


@pytest.fixture(params=FORMS)
def source(request, world, truth: Truth) -> Source:
    if request.param == "portal link" and truth.store.portal_link is None:
        pytest.skip("no portal link names a store at the root of a bucket")
    return Source(request.param, truth.store, world)


def test_every_study_arrives_byte_for_byte(cod, world, truth: Truth, source: Source, tmp_path):
    """Study after study into one folder; then all of them again: there is nothing left to fetch."""
    for count, study in enumerate(truth.studies, start=1):
        run = source.download(cod, [study], tmp_path).require_success()
        check_events(run, truth.of(study))
        check_folder(tmp_path, truth.of(*truth.studies[:count]))
    check_readable(tmp_path, truth.series)
    check_token_is_nowhere(tmp_path)

    before, position = snapshot(tmp_path), world.emulator.position()
    again = source.download(cod, truth.studies, tmp_path).require_success()
    assert world.emulator.archive_reads(since=position) == []
    assert not again.events_named("download") and not again.events_named("save")
    completion = again.completion
    listed_count = sum(len(series.instances) for series in truth.series)
    assert (completion["saved"], completion["failed"], completion["files"]) == (0, 0, [])
    assert completion["skipped"] >= listed_count
    assert snapshot(tmp_path) == before
    check_folder(tmp_path, truth.series)


def test_all_studies_arrive_in_one_run_and_stats_agree(cod, world, truth: Truth, tmp_path):
    source = Source("gs and --endpoint", truth.store, world)
    check_stats(source.stats(cod, truth.studies, tmp_path), truth, is_saved=False)
    position = world.emulator.position()
    run = source.download(cod, truth.studies, tmp_path).require_success()
    check_events(run, truth.series)
    check_folder(tmp_path, truth.series)
    # Each archive was asked for once: the proof that a second run asks for none means something.
    archives = [series for series in truth.series if series.instances]
    assert len(world.emulator.archive_reads(since=position)) == len(archives)
    check_stats(source.stats(cod, truth.studies, tmp_path), truth, is_saved=True)


@pytest.mark.parametrize("name", ["plain", "hashed", "grown", "metadata-1.0"])
def test_one_deleted_instance_is_fetched_again(cod, world, name, tmp_path):
    truth = world.truths[name]
    source = Source("gs and --endpoint", truth.store, world)
    series = max(truth.series, key=lambda series: len(series.instances))
    source.download(cod, [series.study], tmp_path).require_success()
    key = list(series.instances)[len(series.instances) // 2]
    (tmp_path / series.path / "instances" / f"{key}.dcm").unlink()
    run = source.download(cod, [series.study], tmp_path).require_success()
    assert [event["file"]["name"] for event in run.events_named("save")] == [f"{key}.dcm"]
    check_folder(tmp_path, truth.of(series.study))


def test_a_study_that_is_not_there_is_named(cod, world, tmp_path):
    source = Source("gs and --endpoint", STORES["plain"], world)
    run = source.download(cod, ["1.2.3.4.5.6.7.8.9"], tmp_path)
    assert run.code == 66 and "1.2.3.4.5.6.7.8.9" in run.stderr, run.account()


def check_stats(stats: dict, truth: Truth, is_saved: bool) -> None:
    full = [series for series in truth.series if series.instances]
    uris = {record["uri"] for series in full for record in series.records.values()}
    byte_count = sum(entry.size for series in full for entry in series.instances.values())
    assert (stats["totalSeriesCount"], stats["instanceCount"]) == (len(full), len(uris))
    assert stats["totalSizeBytes"] == byte_count
    assert stats["totalSavedSeriesCount"] == (len(full) if is_saved else 0)
    # Leftovers may be kept, and then they are saved too.
    assert (stats["totalSavedSizeBytes"] >= byte_count) if is_saved else stats["totalSavedSizeBytes"] == 0
    assert set(stats["items"]) == (set() if is_saved else uris)
    assert len(stats["series"]) == (0 if is_saved else len(full))
    assert stats["transferSizeBytes"] == (0 if is_saved else sum(len(series.archive) for series in full))
    assert {study["study"] for study in stats["studies"]} == set(truth.studies)
    rows = {(study["study"], row["series"]): row for study in stats["studies"] for row in study["series"]}
    for series in truth.series:
        row = rows[series.study, series.uid]
        assert row["instances"] == len(series.instances)
        assert row["state"] == ("empty" if not series.instances else "saved" if is_saved else "remote")


def check_token_is_nowhere(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), f"the token is in {path.name}"
