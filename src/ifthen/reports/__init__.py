"""Reports: rulings for people."""
