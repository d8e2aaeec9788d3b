"""Experiments: which slice of the budget wins, looked at every night without fooling oneself.

declaration   what is settled before an experiment starts
looks         the table: one row per experiment, action, arm and look
lifts         difference to the control, with the interval of a single look
sequential    the interval that holds for all looks together; the only one that a verdict rests on
power         which lift an experiment of a size finds, and which size a lift needs
posterior     probability to be best and expected loss
ratios        whether the arms received what was planned
cuped         what the days before the start explain of the days after it
verdicts      running, winner, no difference, invalid
"""
