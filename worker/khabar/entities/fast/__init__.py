"""The fast recognizer: a small convolutional network with a CRF, in numpy."""
