"""Documents: public read answers materialised as bytes and answered from memory.

A *document* is one public path; its *variants* are the same content in one representation
(media type) and one content coding each, with a strong entity tag of its own.
"""
