"""hvdesk moves Hyper-V virtual machines between hosts; the version below is the only place that states it."""

__version__ = "0.1.0"
