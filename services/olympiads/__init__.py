"""The registry of olympiad thresholds and of the results that explain them.

A *season* is an academic year («2022-2023»). A *stage* is school, municipal, regional or final. A
*threshold* is the passing score of a subject and task grade that admits **to** a stage; it is read
against the stage before, at which it was scored. A *quota* is the number of places; a *diploma* of
last season's stage admits next to it. *Performers* did at least 75 % of the work.

Owns subjects, seasons, thresholds with their life cycle, maxima, results, diplomas, quotas,
statistics. Emits `olympiads.thresholds_published.v1`, `olympiads.statistics_changed.v1` and
`olympiads.findings_changed.v1`; listens to nobody.
"""
