"""Stand-in for TensorFlow that can only be imported; see the README of this distribution."""

from tensorflow.absent import TensorFlowAbsent, placeholder, refuse_unknown

__version__ = "2.12.0+standin.1"
__all__ = [
    "SparseTensor",
    "Tensor",
    "TensorFlowAbsent",
    "TensorShape",
    "TensorSpec",
    "is_tensor",
    "keras",
]

Tensor = placeholder("tensorflow.Tensor")
SparseTensor = placeholder("tensorflow.SparseTensor")
TensorShape = placeholder("tensorflow.TensorShape")
TensorSpec = placeholder("tensorflow.TensorSpec")


def is_tensor(x: object) -> bool:
    """Return False.

    matplotlib calls this for everything that it draws if a module named tensorflow is loaded.
    """
    return False


from tensorflow import keras  # noqa: E402  (its annotations use the names above)

__getattr__ = refuse_unknown("tensorflow")
