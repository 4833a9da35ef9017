"""Empty module that Rasa's models import, and use only when a model is built."""

from tensorflow.absent import refuse_unknown

__getattr__ = refuse_unknown("keras.utils.tf_utils")
