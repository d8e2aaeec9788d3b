"""Vigie: community and conversion metrics of a brand, fetched, checked and published every night."""

__version__ = "0.1.0"
