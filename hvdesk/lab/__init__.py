"""Simulated Hyper-V hosts that speak real WinRM on loopback; shares no code with the rest."""
