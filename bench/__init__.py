"""What each action costs, however much is stored, and beside what else one could install.

`make bench` measures it all and says where a limit of `limits.py` is missed. `make bench-quick`
looks only at queries and rows, which are the same on every machine.
"""
