"""The networks whose weights come with the project."""

from __future__ import annotations

from pathlib import Path

from cnn_denoiser.model_files.model_folder import DESCRIPTION, CheckpointError

TRAINED_MODELS = Path(__file__).resolve().parents[1] / "trained_models"
DEFAULT_MODEL = "unet"


def shipped_models() -> list[str]:
    """Return the names of the networks whose weights come with the project, sorted."""
    folders = (path.parent.name for path in TRAINED_MODELS.glob(f"*/{DESCRIPTION}"))
    return sorted(name for name in folders if not name.startswith("."))  # half published


def shipped_model_folder(name: str) -> Path:
    """Return the model folder of a shipped network; `CheckpointError` where there is none."""
    if name not in shipped_models():
        known = ", ".join(shipped_models()) or "none"
        raise CheckpointError(f"no weights of a model {name!r} are shipped; shipped are: {known}")
    return TRAINED_MODELS / name
