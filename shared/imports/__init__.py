"""The one import contract: how monitoring data of every kind arrives.

A service describes a kind of data once (`ImportKind`: columns, checks, natural key, table) and gets
templates, readers of CSV, JSON, NDJSON and XLSX, checks, the report, staging and merge with the
history of what was known when, and the annotated file of rejected rows. Untrusted bytes are read in
a capped child process; a file of any size passes through in blocks.
"""
