"""The generic rules: each takes printed figures and returns findings whose severity is proved.

A contradiction is reported only where no true values within the printed precision satisfy the
rule under any admissible rounding mode; one mode holds for all figures of a check.
"""
