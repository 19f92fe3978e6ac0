"""Challenges: write the policy that lets through what is wanted, and no more.

`challenge` is what a file holds, `reading` reads and `proving` tries out a file,
`checking` says what an answer comes to, `shelf` finds them, `records` keeps results.
"""
