"""Blur a folder of sharp pictures: `python3 -m blurrer SRC DST`."""

try:
    import sys

    from blurrer.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    raise SystemExit(130) from None

if __name__ == "__main__":
    sys.exit(main(prog="blurrer"))
