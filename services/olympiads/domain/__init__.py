"""Rules of the olympiads: pure functions over exact numbers, no input or output, no clock.

A score is a `Decimal` with the digits it was printed with; two scores are equal when their values
are. Everything compared is compared exactly: as `Decimal`, as `Fraction` or as an integer.
"""
