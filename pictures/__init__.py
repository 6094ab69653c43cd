"""The function that decodes pictures: a zip of its own, with Pillow and without the application.

It holds no right, no secret and no address of the table. Whoever invokes it hands it signed addresses of the store: one to read the
picture from, others to write to.
"""
