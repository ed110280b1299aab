"""What we say to a host: typed operations, the PowerShell agent, the move as a job."""
