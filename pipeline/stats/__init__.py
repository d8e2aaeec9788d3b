"""Statistics as pure functions: frames and arrays in, frames and arrays out.

Nothing here reads a file, opens a database or asks the clock; whatever is random takes a seed. ``tables``
alone reads rows, out of a connection that somebody else has opened.
numpy and pandas are imported by the modules, scipy and statsmodels only by the functions that need
them, and this package imports nothing: who does not ask for statistics does not wait for them.

attribution   which touches of a journey earn its conversion
experiments   which slice of a budget wins, and how sure that is
budget        how the next budget is best split
forecasting   what the days to come will bring, and how sure that is
goals         how far a goal is, and whether it will be reached
tables        the tables of the warehouse that these make
"""
