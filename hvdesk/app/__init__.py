"""Composition root: builds everything once; Qt-free."""
