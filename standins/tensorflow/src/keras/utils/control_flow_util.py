"""Imported by Rasa's layers for one function, which they call only inside a model."""

from typing import Any, NoReturn

from tensorflow.absent import TensorFlowAbsent


def smart_cond(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there is no TensorFlow to branch in."""
    raise TensorFlowAbsent("keras.utils.control_flow_util.smart_cond")
