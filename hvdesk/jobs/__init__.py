"""Running things: lanes, slots, states, cancel, journal."""
