"""The administration: people and cohorts are kept here, all else is read here.

Courses come from files, and what learners did is evidence: neither is written by
hand. Nothing that somebody's work hangs on can be deleted.
"""

from courseware.admin import content, people, work

__all__ = ["content", "people", "work"]
