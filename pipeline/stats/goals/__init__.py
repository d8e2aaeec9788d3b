"""How far a goal is: what came, what had to be there by now, what is to be expected of its end, what it would take.

terms      what is wanted, and what is known of it day by day
periods    which months, quarters or years a goal has
standing   what has come so far, and whether all of it is known
pace       what had to have come by now, and what each day that is left has to bring
outlook    where it ends, and with which probability the target is reached
"""
