import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import logging
from shared.log import begin, bind, configure, logger
configure("ratings", "INFO")
bind(request_id="r-1")
logger("x").info("token_issued", client_secret="s3cret", access_token="t0ken", client="c-1")
logging.getLogger("library").warning("it %s", "said so")
logger("x").debug("too quiet")
begin(request_id="r-2")
logger("x").info("another_request")
row = "duplicate key\\nDETAIL:  Key (ref)=(person-77) already exists."
logger("x").warning("failed", error=row)
try:
    raise ValueError("bad [type=x, input_value='person-77', input_type=str] " + row)
except ValueError:
    logger("x").exception("raised")
    logging.getLogger("library").exception("raised too")
"""


def test_each_line_is_one_json_object_without_secrets() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    first, second, third = lines[:3]
    assert first["event"] == "token_issued"
    assert (first["client"], first["request_id"], first["service"]) == ("c-1", "r-1", "ratings")
    assert {first["client_secret"], first["access_token"]} == {"[redacted]"}
    assert second["event"] == "it said so"
    assert (third["request_id"], third["service"]) == ("r-2", "ratings")
    assert b"s3cret" not in done.stderr
    assert b"t0ken" not in done.stderr
    assert [line["event"] for line in lines[3:]] == ["failed", "raised", "raised too"]
    assert "duplicate key" in lines[4]["exception"]
    assert b"person-77" not in done.stderr


# Only Linux answers ENOSPC on demand; elsewhere the closed stream below holds the same rule.
FULL_DISK = Path("/dev/full")
LOGGING_ON = """
import logging, sys
from shared.log import configure, logger, lost_writes
configure("ratings", "INFO")
logger("x").error("unexpected_error", exc_info=ValueError("x" * 20_000))
for _ in range(3):
    logger("x").info("request")
logging.getLogger("library").warning("it %s", "said so")
print("answered", lost_writes() >= 4)
"""


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_costs_lines_not_answers() -> None:
    with FULL_DISK.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", LOGGING_ON], stdout=subprocess.PIPE, stderr=full, check=False
        )
    assert done.stdout == b"answered True\n"


CLOSED = """
import sys
from shared.log import configure, logger
configure("ratings", "INFO")
sys.stderr.close()
logger("x").info("request")
print("answered")
"""


def test_a_closed_log_costs_lines_not_answers() -> None:
    done = subprocess.run([sys.executable, "-c", CLOSED], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"answered\n"
