"""A fault regime: work, faults on top of it, and a checker that trusts ledgers of its own.

`python -m chaos --seconds 600 --tasks 3000 --faults 80 --seed 7 --stack sqlite`, see
docs/reliability.md.
"""
