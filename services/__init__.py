"""The four services of the regional system for managing the quality of education.

`ratings` turns monitoring indicators into scores, places, levels and explanations.
`olympiads` keeps the registry of olympiad thresholds, results, quotas and eligibility.
`training` plans the professional development of teachers: deficits, courses, routes, mentors.
`gateway` is the entry point: documents refreshed by workers when new monitoring data arrives.
"""
