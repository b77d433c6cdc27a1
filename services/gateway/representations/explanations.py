"""HTML of the pages that explain problems, changes and the state of services."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parents[1] / "explanations"
ENTRY = "- "
_ABOUT = (
    "<p>Каждый отказ — <code>application/problem+json</code> (RFC 9457). Программа смотрит на "
    "<code>code</code>, человек читает <code>detail</code>, <code>type</code> ведёт на страницу "
    "кода. В <code>errors</code> названы места запроса.</p>"
)
_TRACE = (
    '<p class="soft"><code>trace_id</code> назовите администратору: по нему видны запрос, '
    'задания и события. <a href="/problems">Все коды</a></p>'
)
_CODE = re.compile("`([^`]+)`")
_KINDS = {
    400: "Запрос нельзя прочитать",
    401: "Неизвестно, кто просит",
    403: "Нет прав",
    404: "Не найдено",
    405: "Не тот метод",
    406: "Нет представления",
    409: "Противоречит состоянию",
    410: "Отозвано или забыто",
    412: "Версия устарела",
    413: "Слишком много данных",
    415: "Не тот тип данных",
    422: "Нарушено правило",
    428: "Нужно условие",
    429: "Слишком часто",
    500: "Ошибка на нашей стороне",
    503: "Временно недоступно",
}


@cache
def _template() -> Template:
    return Template((FOLDER / "template.html").read_text(encoding="utf-8"))


def to_page(title: str, content: str) -> bytes:
    """Return a whole page; `content` is HTML, `title` plain text."""
    return _template().substitute(title=escape(title), content=content).encode()


def to_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are HTML already; the first cell of a row is its heading."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in headings)
    body = "\n".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{one}</td>" for one in row[1:])
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(headings[0])}">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def problem_list(types: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return the page of all problem types, by status and code."""
    parts = [_ABOUT]
    for status in sorted({int(str(one["status"])) for one in types.values()}):
        rows = [
            (f'<a href="/problems/{code}"><code>{code}</code></a>', escape(str(one["title"])))
            for code, one in types.items()
            if one["status"] == status
        ]
        parts.append(f"<h2>{status} · {_KINDS.get(status, 'Отказ')}</h2>")
        parts.append(to_table(("Код", "Что случилось"), rows))
    return to_page("Коды ошибок", "\n".join(parts))


def problem_page(one: Mapping[str, object], example: Mapping[str, object]) -> bytes:
    """Return the page of one problem type: what it means, what to do, how it looks."""
    detail = str(one["detail"])
    printed = escape(json.dumps(example, ensure_ascii=False, indent=2))
    parts = [
        f"<p><code>{one['code']}</code> · HTTP {one['status']}</p>",
        f"<h2>Что случилось</h2><p>{escape(detail or str(one['title']) + '.')}</p>",
        f"<h2>Что делать</h2><p>{escape(str(one['remedy']))}</p>",
        f'<h2>For developers</h2><p lang="en">{escape(str(one["meaning"]))}</p>',
        f"<h2>Пример ответа</h2><pre>{printed}</pre>",
        _TRACE,
    ]
    return to_page(str(one["title"]), "\n".join(parts))


def unknown_problem_page(code: str) -> bytes:
    """Return the page of a code that no problem type has."""
    told = f"Кода <code>{escape(code)}</code> нет среди известных."
    return to_page("Нет такого кода", f'<p>{told} <a href="/problems">Все коды</a></p>')


def changelog_page(markdown: str) -> bytes:
    """Return the changelog as a page; of Markdown it knows headings, lists, paragraphs, code."""
    return to_page("Что изменилось", '<div lang="en">' + _blocks(markdown) + "</div>")


def _blocks(markdown: str) -> str:
    parts: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=#)|(?<=[^\n])\n(?=- )", markdown):
        text = " ".join(block.split())
        if text.startswith("#"):
            marks, _, words = text.partition(" ")
            if len(marks) > 1:
                parts.append(f"<h{len(marks)}>{_inline(words)}</h{len(marks)}>")
        elif text.startswith(ENTRY):
            parts.append(f"<li>{_inline(text.removeprefix(ENTRY))}</li>")
        elif text:
            parts.append(f"<p>{_inline(text)}</p>")
    joined = "\n".join(parts)
    return re.sub(r"(?:<li>.*</li>\n?)+", lambda found: f"<ul>\n{found[0]}</ul>\n", joined)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


_STATES = {"answering": "отвечает", "stale": "давно не отвечает", "unknown": "ещё не отвечал"}


def status_page(status: Mapping[str, object]) -> bytes:
    """Return the state of services as a page; instants are those of the answer, in UTC."""
    services = status["services"]
    rows = [
        (
            escape(str(one["title"])),
            _STATES.get(one["state"], one["state"]),
            _instant(one["contacted_at"]),
            str(one["documents"]),
            str(one["pending"]),
            _instant(one["newest_source_time"]),
        )
        for one in (services if isinstance(services, list) else [])
    ]
    headings = ("Сервис", "Состояние", "Последний ответ", "Документов", "Ждут", "Новейший источник")
    told = f'<p class="soft">На {_instant(status["at"])}. Опубликованное читается и тогда, когда '
    told += "сервис молчит; его возраст — в заголовке <code>Age</code>. Программам: "
    return to_page(
        "Состояние сервисов", f"{told}<code>GET /v1/status</code>.</p>" + to_table(headings, rows)
    )


def _instant(value: object) -> str:
    """Return an instant of RFC 3339 for people, to the second; a dash where there is none."""
    return "—" if value is None else f"{str(value)[:19].replace('T', ' ')} UTC"
