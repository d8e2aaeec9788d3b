"""Forecasts of daily series that say how sure they are, and what they would have said before.

series      what is known of one metric, day by day, made fit for a model
paths       the models: exponential smoothing and the seasonal naive, as a mean and what an error does to it
holidays    what public holidays do to a series, where that is proven
backtest    what the models would have said on earlier days, and how far off that was
bounds      the intervals that these errors give
horizon     the forecast of one series
many        the forecasts of many series, on all cores where there are many

Nothing here imports statsforecast until a series is long enough for it.
"""
