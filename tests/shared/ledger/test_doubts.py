from shared.ledger.doubts import Basis, Doubts

RUM = {"programme": "rum", "period": "2022"}
ROW = ("territory", "indicator")


def about(**parts: str) -> frozenset[tuple[str, str]]:
    return frozenset({**RUM, **parts}.items())


CELLS = {
    "c1": about(territory="08000000", indicator="1.1", concept="index"),
    "c2": about(territory="08000000", indicator="1.1", concept="place"),
    "c3": about(territory="05000000", indicator="1.1", concept="index"),
    "c4": about(territory="08000000", indicator="1.1", concept="index", period="2021"),
}
BY_CLAIM = {"c1": ("f1", "f2"), "c2": ("f2",), "c3": ("f3",), "c4": ("f4",)}


def doubts(*bases: Basis) -> Doubts:
    return Doubts(BY_CLAIM, CELLS, bases)


def basis(finding: str, *territories: str, **parts: str) -> Basis:
    return Basis(finding, frozenset(parts.items()), frozenset(territories))


def test_cells_are_found_by_row_with_each_finding_once() -> None:
    found = doubts().cells_by(ROW, **RUM)
    assert found == {("08000000", "1.1"): ("f1", "f2"), ("05000000", "1.1"): ("f3",)}


def test_a_row_is_found_by_all_parts_that_are_asked_for() -> None:
    assert doubts().of_row(territory="08000000", concept="place") == ["f2"]
    assert doubts().of_row(territory="08000000", period="2021") == ["f4"]
    assert doubts().of_row(territory="64000000") == []
    assert doubts().of_row() == []


def test_a_default_is_found_by_what_its_subject_names() -> None:
    found = doubts(
        basis("node", programme="rum", indicator="total"),
        basis("table", programme="rum"),
        basis("period", programme="rum", period="2021", indicator="total"),
        basis("other", programme="ege", indicator="total"),
        basis("band", programme="rum", band="optimal"),
    ).bases_by(ROW, **RUM)
    assert found == {(None, "total"): ("node",), (None, None): ("table",)}


def test_an_input_of_several_territories_is_found_at_each() -> None:
    found = doubts(basis("units", "08000000", "05000000", programme="rum", indicator="1.1"))
    assert found.bases_by(ROW, **RUM) == {
        ("08000000", "1.1"): ("units",),
        ("05000000", "1.1"): ("units",),
    }
