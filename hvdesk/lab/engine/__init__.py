"""A PowerShell engine in the lab's shells: the real agent's text on proxies of cmdlets that ask the simulated world."""
