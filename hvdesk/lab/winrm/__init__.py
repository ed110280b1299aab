"""A WinRM server on loopback, as recorded exchanges of Windows servers show it: HTTP, logon, sealing, SOAP, shells."""
