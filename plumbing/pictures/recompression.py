"""What saving a picture with loss does to its pixels."""

from __future__ import annotations

import cv2
import numpy as np


def through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """Return a uint8 picture, grey or BGR, as it is after being saved as a JPEG and read again.

    `quality` is 1 to 100.
    """
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    flag = cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR
    # The array is only for the type checker: what has just been encoded decodes, never to None.
    return np.asarray(cv2.imdecode(encoded, flag))
