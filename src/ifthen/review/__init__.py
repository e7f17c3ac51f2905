"""The promise under study: does a policy's encoding answer for every row of its text."""
