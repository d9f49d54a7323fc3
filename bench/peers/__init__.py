"""What one could install instead: another application for messages, and three ways to keep trees.

They run in the site itself, so database, middleware, sessions and people are the same for all.
"""
