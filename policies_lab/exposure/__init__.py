"""The exposure explorer: who can read an object in a bucket, and what lets them."""
