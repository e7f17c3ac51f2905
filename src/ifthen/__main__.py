"""``python -m ifthen``: the command line."""

from ifthen.cli import main

if __name__ == "__main__":
    main()
