"""From logs and compute to findings: what evaluations rule out, and what they do not."""
