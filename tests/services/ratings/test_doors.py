"""Odd requests get a clear answer with a code."""

from tests.services.ratings.service import Service

ODD = (
    ("/v1/ratings/nobody/2022", 404),
    ("/v1/ratings/rum/1999", 404),
    ("/v1/ratings/rum/20", 422),
    ("/v1/ratings/rum/2022-23", 422),
    ("/v1/ratings/RUM/2022", 422),
    ("/v1/ratings/rum/2022?revision=0", 422),
    ("/v1/ratings/rum/2022?revision=99999999999", 422),
    ("/v1/ratings/rum/2022?as_of=yesterday", 422),
    ("/v1/ratings/rum/2022?unknown=1", 422),
    ("/v1/ratings/rum/2022/08000000", 404),
    ("/v1/ratings/profiles/99999999", 404),
    ("/v1/ratings/territories/99999999", 404),
    ("/v1/ratings/territories?cursor=abc", 422),
    ("/v1/ratings/methodologies/999999", 404),
    ("/v1/ratings/revisions/rum/2022/1", 404),
    ("/v1/ratings/programmes/nobody/indicators", 404),
    ("/v1/ratings/imports/templates/nobody", 404),
)


async def test_odd_requests_get_a_code(quiet: Service) -> None:
    for path, status in ODD:
        answer = await quiet.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:200])
        assert answer.headers["content-type"] == "application/problem+json", path
        assert answer.json()["code"], path


async def test_a_body_that_is_no_document_is_told_so(quiet: Service) -> None:
    for path in ("/v1/ratings/preview", "/v1/ratings/methodologies"):
        for content in (b"", b"{", b"[]", b"null", b'{"tree": 1}', b"[" * 100_000):
            answer = await quiet.http.post(
                path, content=content, headers={"content-type": "application/json"}
            )
            assert answer.status_code in {400, 413, 422}, (path, content[:20], answer.text[:200])
            assert answer.json()["code"], path


async def test_internal_doors_need_the_internal_scope(quiet: Service) -> None:
    for path in ("documents", "passport", "territories", "events", "findings"):
        answer = await quiet.http.get(f"/internal/{path}", headers={"authorization": ""})
        assert answer.status_code == 401, path
