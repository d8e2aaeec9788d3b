"""Benchmarks: every promise about speed and memory as a ratio with its limit, measured on this machine.

``python -m tests.bench`` prints one JSON object a line. A ratio compares with a baseline that is
measured in the same run, alternately, so that a slow or busy machine slows both. Heavy parts run in
processes of their own: their peak memory is theirs alone. Nothing is asserted here.
"""
