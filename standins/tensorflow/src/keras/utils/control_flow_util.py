"""Module of one function that Rasa's layers import, and call only inside a model."""

from typing import Any, NoReturn

from tensorflow.absent import TensorFlowAbsent


def smart_cond(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise TensorFlowAbsent."""
    raise TensorFlowAbsent("keras.utils.control_flow_util.smart_cond")
