"""Did a measure help, and how sure may one be: pure mathematics of effects (docs/rules/effects.md).

A panel of units by periods and the first exposed period of each unit go in; the design, the
estimate, its randomisation inference and the strongest words the data allow come out.
"""
