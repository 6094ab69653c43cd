"""Embedded AWS: ministack in its own virtual environment, with what it leaves out added, each as on AWS.

Run by the Python of `.venv-aws`, which of this repository knows only `local.embedded` and `local.child_process`.
"""
