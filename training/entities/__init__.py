"""Recognizers of names: data, features, training, evaluation; the weights lie beside them with a model card."""
