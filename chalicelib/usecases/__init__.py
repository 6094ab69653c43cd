"""The stories: one module for each noun, one function for each thing a person does.

First refuse, then write; the table's stream tells the world.
"""
