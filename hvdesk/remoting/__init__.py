"""Bytes on the wire: WinRM shells over pywinrm, logon, sealing, TLS, recovery."""
