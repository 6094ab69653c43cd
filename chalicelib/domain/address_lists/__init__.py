"""The one reader of lists of e-mail addresses: what somebody typed or pasted, and the files that offices keep.

`typed.entries` takes a typed or pasted list apart; `reading.read` reads a whole file (CSV, TSV, vCard, plain text) into people
and into what was skipped, each with its row. Nothing is dropped without a word, and nothing that is no address becomes one.
"""
