"""From evaluation logs and training compute to findings: ruled out, cannot rule out, crossed."""
