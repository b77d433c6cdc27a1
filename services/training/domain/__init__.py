"""Pure rules of training: tiers, coverage, enrolment, mentors, routes, cyclogram, priorities."""
