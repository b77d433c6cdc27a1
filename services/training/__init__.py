"""Service `training`: who learns what, where, when and with whom.

Vocabulary: a *teacher* is an opaque reference in a *tier* (profile 10 %, subject 85 %, olympiad
5 %); a *session* is one run of a professional development programme (КПК) with seats and a venue;
*enrolment* gives teachers seats; a *certificate* proves a shortage; a *route* (ИОМ) leads from the
deficits of one teacher to ordered activities; the *active* are the mentors, tutors and managers;
the *cyclogram* is the calendar of the year; *coverage* sets seats against need.

Owns the schema `training`. Emits `training.plan_published.v1`, `training.route_changed.v1`,
`training.exposures_published.v1`, `training.findings_changed.v1`; listens to
`ratings.revision_published.v1` and `olympiads.statistics_changed.v1`, which change the priorities
of teachers.
"""
