"""A cube in SDMX 3.0: observations as SDMX-CSV 2.0, their structure as SDMX-JSON 2.0."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from services.gateway.representations.cube import AGENCY, Component, Cube
from services.gateway.representations.sheet import Cell, as_number

_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/"
    "2.0.0/sdmx-json-structure-schema.json"
)
_INFORMATION = "I"
Json = dict[str, Any]


def to_sdmx_csv(cube: Cube) -> bytes:
    """Return the observations as SDMX-CSV 2.0 with `labels=both`, absent values empty.

    Coded columns hold «code: title», so that no reader takes a code for a number.
    """
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\r\n")
    sheet.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *map(_heading, cube.components)])
    structure = f"{AGENCY}:DF_{cube.id}({cube.version})"
    for record in cube.records:
        cells = [_cell(one, record.get(one.column)) for one in cube.components]
        sheet.writerow(["dataflow", structure, _INFORMATION, *cells])
    return written.getvalue().encode()


def _heading(component: Component) -> str:
    return f"{component.id}: {component.title}" if component.codes else component.id


def _cell(component: Component, cell: Cell) -> str:
    if cell is None:
        return ""
    if component.codes:
        return f"{cell}: {component.codes[str(cell)]}"
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(as_number(cell)) if isinstance(cell, float) else str(cell)


def to_sdmx_structure(cube: Cube, prepared: str | None) -> Json:
    """Return dataflow, data structure, concepts and code lists of a cube.

    `prepared` is the instant of the source; the message of a table without one has none.
    """
    return {
        "meta": {
            "schema": _SCHEMA,
            "id": f"{cube.id}-{cube.version}",
            **({"prepared": prepared} if prepared else {}),
            "contentLanguages": ["ru"],
            "sender": {"id": AGENCY},
        },
        "data": {
            "dataflows": [
                {
                    **_maintained(cube, f"DF_{cube.id}"),
                    "structure": _urn("datastructure.DataStructure", cube, f"DSD_{cube.id}"),
                }
            ],
            "dataStructures": [
                {
                    **_maintained(cube, f"DSD_{cube.id}"),
                    "dataStructureComponents": _components(cube),
                }
            ],
            "conceptSchemes": [
                {
                    **_maintained(cube, f"CS_{cube.id}"),
                    "concepts": [_item(one.id, one.title) for one in cube.components],
                }
            ],
            "codelists": [
                {
                    **_maintained(cube, _list_of(cube, one)),
                    "codes": [_item(code, title) for code, title in one.codes.items()],
                }
                for one in cube.components
                if one.codes
            ],
        },
    }


def _components(cube: Cube) -> Json:
    dimensions = _with_role(cube, "dimension")
    listed: Json = {
        "id": "DimensionDescriptor",
        "dimensions": [
            {**_identified(cube, one), "position": place} for place, one in enumerate(dimensions)
        ],
    }
    for time in _with_role(cube, "time"):
        listed["timeDimension"] = _identified(cube, time)
    found: Json = {"dimensionList": listed}
    measures = [
        {**_identified(cube, one), "usage": "optional"} for one in _with_role(cube, "measure")
    ]
    if measures:
        found["measureList"] = {"id": "MeasureDescriptor", "measures": measures}
    attributes = [
        {
            **_identified(cube, one),
            "usage": "optional",
            "attributeRelationship": {"observation": {}},
        }
        for one in _with_role(cube, "attribute")
    ]
    if attributes:
        found["attributeList"] = {"id": "AttributeDescriptor", "attributes": attributes}
    return found


def _with_role(cube: Cube, role: str) -> Iterable[Component]:
    return [one for one in cube.components if one.role == role]


def _identified(cube: Cube, component: Component) -> Json:
    concept = f"{_urn('conceptscheme.Concept', cube, f'CS_{cube.id}')}.{component.id}"
    values: Json = {"format": {"dataType": component.data_type}}
    if component.codes:
        values = {"enumeration": _urn("codelist.Codelist", cube, _list_of(cube, component))}
    return {"id": component.id, "conceptIdentity": concept, "localRepresentation": values}


def _list_of(cube: Cube, component: Component) -> str:
    return f"CL_{cube.id}_{component.id}"


def _urn(kind: str, cube: Cube, identifier: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{identifier}({cube.version})"


def _maintained(cube: Cube, identifier: str) -> Json:
    named = {"name": cube.title, "names": {"ru": cube.title}}
    return {"id": identifier, "agencyID": AGENCY, "version": cube.version, **named}


def _item(identifier: str, title: str) -> Json:
    return {"id": identifier, "name": title, "names": {"ru": title}}
