"""The vocabulary of published figures, pure: what a printed number can mean and what it cannot.

`parse` reads Russian number forms, `decimals` rounds and prints exact decimals, `intervals` turns a
printed value into the interval of true values behind it, `places` ranks with ties, `levels` proves
band sets and finds levels, `claims` holds what a document says and where, `rules` prove findings.
"""
