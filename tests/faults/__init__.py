"""Nothing lost, nothing false: when the network, the disk or the machine misbehaves.

A fast selection by default. More of it, for as long as one likes, is asked for in the environment:

ROLLBOOK_SOAK_PLANS  faults are drawn for at least so many walks of a district (default 40)
ROLLBOOK_SOAK_KILLS  so many syncs are killed and half as many retractions, by cold starts
ROLLBOOK_SOAK_TOWNS  the days of so many towns are synced in every way there is (default 1)
ROLLBOOK_SOAK_SEED   where the drawing begins (default 0); a failure names the seed to repeat it
"""
