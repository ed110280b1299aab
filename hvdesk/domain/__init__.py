"""Nouns and rules of hvdesk; standard library only."""
