"""Arabic news in, structured records out."""

from pkgutil import extend_path

# One name from several folders of the repository, and from several distributions that may be installed in different places. In
# place, so that tools which ask the import system where the package lies hear of all of them.
__path__[:] = extend_path(__path__, __name__)
