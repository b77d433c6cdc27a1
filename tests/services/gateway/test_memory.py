from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.documents.cache import DocumentCache
from services.gateway.domain.documents import (
    CachedDocument,
    Contact,
    SourceDocument,
    make_cached_document,
)
from services.gateway.http.gcra import GcraLimiter
from tests.harness.properties import examples

AT = datetime(2022, 12, 1, tzinfo=UTC)


def document(name: str, size: int, version: str = "1") -> CachedDocument:
    source = SourceDocument(f"/{name}", "ratings", version, 1, AT, b"x" * size)
    return make_cached_document(source, Contact(), b"y")


def test_documents_within_the_budget_all_stay() -> None:
    memory = DocumentCache(1_000_000)
    for n in range(10):
        memory.put(document(str(n), 1000))
    assert len(memory.residents) == 10
    assert memory.evicted == 0


def test_the_one_not_read_goes_first_and_stays_known() -> None:
    one = document("a", 1000).size
    memory = DocumentCache(one * 3)
    for name in "abc":
        memory.put(document(name, 1000))
    for resident in memory:
        resident.touched = False
    memory.residents["/a"].touched = True
    memory.put(document("d", 1000))
    assert "/a" in memory.residents
    assert "/d" in memory.residents
    assert "/b" not in memory.residents
    assert "/b" in memory.known


def test_a_document_above_the_budget_is_still_answered() -> None:
    memory = DocumentCache(1000)
    memory.put(document("big", 10_000))
    assert list(memory.residents) == ["/big"]


@examples(100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hold", "forget", "touch", "invalidate"]),
            st.integers(0, 9),
            st.integers(0, 9000),
        ),
        max_size=60,
    )
)
def test_the_count_of_bytes_is_true_and_within_the_budget(
    acts: list[tuple[str, int, int]],
) -> None:
    memory = DocumentCache(40_000)
    for act, name, size in acts:
        path = f"/{name}"
        if act == "hold":
            memory.put(document(str(name), size))
        elif act == "forget":
            memory.evict(path)
        elif act == "invalidate":
            memory.invalidate(path, "2")
        elif path in memory.residents:
            memory.residents[path].touched = True
        assert memory.used == sum(resident.size for resident in memory)
        assert memory.used <= memory.budget or len(memory.residents) == 1
        assert set(memory.residents) <= set(memory.known)


def test_a_bucket_gives_its_quota_and_refuses_the_next() -> None:
    bucket = GcraLimiter("documents", 5, 60)
    left = [bucket.take("a")[0] for _ in range(7)]
    assert left == [4, 3, 2, 1, 0, -1, -1]
    assert bucket.take("b")[0] == 4


def test_a_refusal_says_when_to_come_again() -> None:
    bucket = GcraLimiter("documents", 2, 60)
    for _ in range(2):
        bucket.take("a")
    left, again = bucket.take("a")
    assert left == -1
    assert 1 <= again <= 31
