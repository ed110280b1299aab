"""The Move Wizard: a shell driven by `hvdesk.domain.flow`, one file for each page."""
