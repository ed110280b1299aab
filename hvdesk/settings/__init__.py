"""What the user chose: hosts, connection options, preferences."""
