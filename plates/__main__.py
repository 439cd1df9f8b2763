"""Draw synthetic plates into a folder: `python3 -m plates DST --count N`."""

try:
    import sys

    from plates.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    raise SystemExit(130) from None

if __name__ == "__main__":
    sys.exit(main(prog="plates"))
