"""The trade's words for what claims call by codes, as findings tell them to people."""

AXES = {
    "territory": "территория",
    "indicator": "показатель",
    "subject": "предмет",
    "grade": "класс",
    "period": "период",
    "tier": "уровень",
    "band": "полоса",
    "stage": "этап",
}
CONCEPTS = {
    "score": "балл",
    "index": "индекс",
    "place": "место",
    "group_place": "место в группе",
    "count": "количество",
    "seats": "число мест",
    "max": "максимум",
    "share": "доля",
    "date": "дата",
}
NODES = {"index": "индекса", "score": "балла"}


def axis_title(axis: str) -> str:
    """Return the word for a part of the key; an unusual one keeps its code."""
    return AXES.get(axis, axis)


def concept_title(concept: str) -> str:
    """Return the word for what a figure is said to be."""
    return CONCEPTS.get(concept, concept)


def node_title(node: str) -> str:
    """Return whose levels they are, in the genitive; an unusual node keeps its code."""
    return NODES.get(node, f"узла {node}")
