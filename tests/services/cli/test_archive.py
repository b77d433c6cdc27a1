import io
import stat
import tarfile
from pathlib import Path

import pytest

from services.cli.archive import ArchiveUnusable, unpack, write_archive
from services.cli.pg_tools import ToolFailed, dump_database
from services.cli.restore import NotEmpty, place_files


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "ratings.json").write_text("key")
    (data / "roles.json").write_text("{}")
    (data / "up.lock").write_text("1")
    for server in ("postgres", "logs"):
        (data / server).mkdir()
        (data / server / "file").write_text("not part of a backup")
    dump = tmp_path / "dump"
    dump.write_bytes(b"rows" * 10_000)
    target = tmp_path / "backup.tar"
    write_archive(target, dump, data, made_at="2026", server="18.6", revisions={"ratings": "1"})
    return target


def test_a_backup_holds_the_small_files_and_only_its_owner_reads_it(
    archive: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    folder = tmp_path / "unpacked"
    manifest = unpack(archive, folder)
    assert set(manifest.digests) == {"database.dump", "data/roles.json", "data/keys/ratings.json"}
    place_files(folder / "data", tmp_path / "restored")
    key = tmp_path / "restored" / "keys" / "ratings.json"
    assert (key.read_text(), stat.S_IMODE(key.stat().st_mode)) == ("key", 0o600)


def test_a_folder_in_use_is_not_restored_into(archive: Path, tmp_path: Path) -> None:
    unpack(archive, tmp_path / "unpacked")
    with pytest.raises(NotEmpty):
        place_files(tmp_path / "unpacked" / "data", tmp_path / "data")


@pytest.mark.parametrize("end", [10, 600, 20_000])
def test_a_backup_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, end: int) -> None:
    archive.write_bytes(archive.read_bytes()[:end])
    with pytest.raises(ArchiveUnusable):
        unpack(archive, tmp_path / "unpacked")


def test_a_changed_byte_is_found(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"rowsrows", b"rowsROWS", 1))
    with pytest.raises(ArchiveUnusable, match="was changed"):
        unpack(archive, tmp_path / "unpacked")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "data/unknown"])
def test_a_member_that_does_not_belong_is_refused(archive: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(archive, "a") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(ArchiveUnusable):
        unpack(archive, tmp_path / "unpacked")
    assert not (tmp_path / "outside").exists()


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no backup")
    with pytest.raises(ArchiveUnusable):
        unpack(tmp_path / "x", tmp_path / "unpacked")


def test_a_failing_program_is_reported_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"pg_dump failed: .*nowhere"):
        dump_database("postgresql:///x?host=/nowhere", ("ratings",), tmp_path / "dump")
