"""The PowerShell that runs on a host: the parts (*.ps1) and what joins them."""
