"""Message text between our light marks and what other applications read and write. Pure, and never refuses a text.

Each side is read into the same blocks and runs and written from them; whatever can't be shown is said in `lost`. A provider's own
notation is read and written in its package.
"""
