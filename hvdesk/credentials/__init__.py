"""Where passwords live: the operating system's keyring or this session's memory."""
