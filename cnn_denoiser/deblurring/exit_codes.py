"""The exit codes of `deblur_images.py`, a documented interface."""

from __future__ import annotations

import signal

ALL_WELL = 0
SOME_FAILED = 1
WRONG_USAGE = 2
NOTHING_TO_DO = 3
NO_MODEL = 4
INTERRUPTED = 128  # plus the signal's number, as shells report it

EXPLAINED = f"""exit codes:
  {ALL_WELL}    all well
  {SOME_FAILED}    some pictures failed; they are named on stderr, the others are deblurred.
       Also where a full disk or a vanished folder ended the work early
  {WRONG_USAGE}    wrong usage, or results that would collide, take the place of a source, or stand
       already (--existing error)
  {NOTHING_TO_DO}    nothing to do: no pictures
  {NO_MODEL}    the model could not be loaded, or cannot do what is asked for (--uncertainty,
       --precision)
  {INTERRUPTED + signal.SIGINT}  stopped by Ctrl-C ({INTERRUPTED + signal.SIGTERM}: by SIGTERM), \
after finishing what was in flight
"""
