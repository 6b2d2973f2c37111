"""The accurate recognizer: an encoder run by onnxruntime, combined with the fast recognizer."""
