"""The programs of simulated hosts, above all a PowerShell that answers hvdesk's agent protocol."""
