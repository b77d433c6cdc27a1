"""The files the house's rules are about, each read and parsed once a run."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = ("services", "shared", "migrations", "benchmarks")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method and its length in lines, the decorators left out."""

    name: str
    line: int
    length: int


@dataclass(frozen=True, slots=True)
class Source:
    """What the rules ask of a file: imports (dotted), methods called, functions, docstrings."""

    text: str
    imports: tuple[str, ...]
    calls: tuple[str, ...]
    functions: tuple[Function, ...]
    docstrings: tuple[str, ...]


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Return every Python file under the folders."""
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


@cache
def source_of(path: Path) -> Source:
    """Return what the rules ask of a file, out of one walk over its tree."""
    text = path.read_text(encoding="utf-8")
    imports, calls, functions, docstrings = [], [], [], []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            calls.append(node.func.attr)
        elif isinstance(node, FUNCTIONS):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            functions.append(Function(node.name, node.lineno, length))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstrings.append(ast.get_docstring(node) or "")
    return Source(text, tuple(imports), tuple(calls), tuple(functions), tuple(docstrings))


def name_of(path: Path) -> str:
    """Return a path as the repository names it."""
    return path.relative_to(ROOT).as_posix()
