"""What each network is trained with where nothing else is asked for."""

from __future__ import annotations

from typing import Any

from cnn_denoiser.model_definitions import list_models

# The rest, and all of a network without a recipe, is the default of `TrainingOptions`.
RECIPES: dict[str, dict[str, Any]] = {
    "moussaka": {
        "optimizer": "adam",
        "schedule": "exponential",
        "loss": "mse",
        "learning_rate": 0.003,
        "dropout": 0.5,
        "dropout_schedule": "ramp",
        "pretrain": "dbn",
        "ema": 0.998,
    },
    "unet": {
        "optimizer": "muon",
        "schedule": "cosine",
        "loss": "charbonnier_frequency",
        "learning_rate": 0.0015,
        "ema": 0.998,
    },
}


def defaults_in_words(name: str, default: Any) -> str:
    """Return an option's default, or that of each network where they differ."""
    values = {model: RECIPES.get(model, {}).get(name, default) for model in list_models()}
    if len(set(values.values())) == 1:
        return str(next(iter(values.values())))
    return "; ".join(f"{model}: {value}" for model, value in values.items())
