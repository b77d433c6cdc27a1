from shared.ledger.readers import ClosedReader

ROW = {"actor": "p-1", "subject": "client", "comment": "слова", "basis": "Письмо", "revision": 3}


def test_open_reads_carry_no_actor_client_or_comment() -> None:
    assert ClosedReader(entitled=False).of(ROW) == {
        "actor": None,
        "subject": None,
        "comment": None,
        "basis": "Письмо",
        "revision": 3,
    }


def test_readers_with_the_scope_see_the_whole_row() -> None:
    assert ClosedReader(entitled=True).of(ROW) == ROW
