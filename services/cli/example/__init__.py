"""The labelled example: a made-up region that shows all the system can do, by public endpoints.

One seed makes it the same on every machine; every code tells that it is made up
(`shared.synthetic`), and nothing of a real territory is touched.
"""
