"""Imported by Rasa's models; nothing in it is used before a model is built."""

from tensorflow.absent import refuse_unknown

__getattr__ = refuse_unknown("keras.utils.tf_utils")
