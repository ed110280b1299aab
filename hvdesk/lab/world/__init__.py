"""What the simulated hosts are and do: machines, storage, migrations and the directory, on a clock of their own."""
