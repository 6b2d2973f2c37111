# One image for the worker, the dispatcher and the producer; what runs is the command.
FROM python:3.13-slim AS build
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

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 khabar
COPY --from=build /khabar /khabar
ENV PATH=/khabar/bin:$PATH PYTHONUNBUFFERED=1 KHABAR_CACHE_DIR=/home/khabar/cache
USER khabar
WORKDIR /home/khabar
# Farasa's model is converted while the image is built, so that no container waits for it.
RUN echo خبر | khabar segment
STOPSIGNAL SIGTERM
# The first process supervises: it restarts what exits and what lives without getting on, which no restart policy sees.
CMD ["khabar", "up", "--only", "worker"]
