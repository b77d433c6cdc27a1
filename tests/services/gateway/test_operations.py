from typing import Any

from tests.services.gateway.conftest import House, until


async def test_operations_have_unique_ids_russian_summaries_and_told_failures(
    house: House,
) -> None:

    async def loaded() -> dict[str, Any] | None:
        answer = await house.http.get("/openapi.json")
        return answer.json() if answer.status_code == 200 else None

    document = await until(loaded)
    shared = document["components"]["responses"]
    ids = []
    for item in document["paths"].values():
        for operation in item.values():
            ids.append(operation["operationId"])
            assert any("а" <= letter.lower() <= "я" for letter in operation["summary"])
            assert operation["tags"][0].isascii()
            for status, given in operation["responses"].items():
                response = shared.get(given.get("$ref", "").rpartition("/")[2], given)
                assert any("а" <= letter.lower() <= "я" for letter in response["description"])
                if status.startswith(("4", "5")):
                    assert list(response["content"]) == ["application/problem+json"]
    assert len(ids) == len(set(ids)) > 30
    assert document["openapi"].startswith("3.1")
    assert "ratings_revision_published_v1" in document["webhooks"]
    displayed = {tag["name"]: tag["x-displayName"] for tag in document["tags"]}
    assert displayed["webhooks"] == "Вебхуки"
