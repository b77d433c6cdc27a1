"""Ratings: who is where, by which rule, and what documents say about it.

A *programme* of monitoring observes *territories* by *indicators*; programme and period make a
*slice*, the scope of a calculation. A *methodology* is a tree of indicators and aggregate *nodes*;
the engine turns the observations of a slice into scores, places and levels of every node, stored as
an immutable numbered *revision*. *Claims* are what documents print about the same things; they
are next to the computed figures, never instead of them.

Owns territories, programmes, indicator passports, methodologies, observations, revisions, claims,
findings about ratings, plans of evaluation and effects of measures. Emits
`ratings.revision_published.v1`, `ratings.effects_published.v1` and `ratings.findings_changed.v1`;
listens to `training.exposures_published.v1`.
"""
