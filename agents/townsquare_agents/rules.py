"""The parameters and switches of a scenario as one record, which kernels read and events change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.powers import decay
from townsquare_agents.parameters import Mechanisms, Parameters


def refresh_decays(record: NDArray[np.void]) -> None:
    """Work each ``..._decay`` out from its ``..._half_life`` again."""
    for name in record.dtype.names or ():
        if name.endswith("half_life"):
            record[name.removesuffix("half_life") + "decay"] = decay(float(record[name][0]))


def rules_record(parameters: Parameters, mechanisms: Mechanisms, *, mail_platform: int = -1) -> NDArray[np.void]:
    """Return all numbers as an array of one structured element, fields ``group_name``, for kernels.

    ``mail_platform`` is the inbox that a registration opens, -1 for none. Beside each ``..._half_life`` stands
    ``..._decay``, the factor per tick; each switch is ``on_name`` (1.0 or 0.0).
    """
    values: dict[str, float] = {}
    for group, model in parameters:
        for name, value in model:
            values[f"{group}_{name}"] = float(value)
            if name.endswith("half_life"):
                values[f"{group}_{name.removesuffix('half_life')}decay"] = 0.0
    values["contact_mail_platform"] = float(mail_platform)
    values.update({f"on_{name}": float(value) for name, value in mechanisms})
    record = np.zeros(1, np.dtype([(name, np.float64) for name in values]))
    for name, value in values.items():
        record[name] = value
    refresh_decays(record)
    return record
