# One image for the worker, the dispatcher and the producer; what runs is the command.
# By digest: a tag is moved, and a build of tomorrow would be of other bytes. Both stages are the same image.
ARG BASE=python:3.13.14-slim-trixie@sha256:6771159cd4fa5d9bba1258caf0b82e6b73458c694d178ad97c5e925c2d0e1a91
FROM ${BASE} AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /khabar && /khabar/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY models models
RUN /khabar/bin/pip install --no-cache-dir --no-deps ./models
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY client client
COPY producers producers
COPY consumers consumers
COPY worker worker
COPY command command
RUN /khabar/bin/pip install --no-cache-dir --no-deps ./client .

FROM ${BASE}
RUN useradd --create-home --uid 10001 khabar
COPY --from=build /khabar /khabar
ENV PATH=/khabar/bin:$PATH PYTHONUNBUFFERED=1 KHABAR_CACHE_DIR=/home/khabar/cache
USER khabar
WORKDIR /home/khabar
# Farasa's model is converted while the image is built, so that no container waits for it.
RUN echo خبر | khabar segment
# At run time nothing is written but to /tmp and /dev/shm, so the root may be read-only.
STOPSIGNAL SIGTERM
# The first process supervises: it restarts what exits and what lives without getting on, which no restart policy sees.
CMD ["khabar", "up", "--only", "worker"]
