# One image for the worker, the dispatcher and the producer; what runs is the command.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /khabar && /khabar/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY contracts contracts
COPY broker broker
COPY producers producers
COPY worker worker
COPY consumers consumers
COPY khabar khabar
RUN /khabar/bin/pip install --no-cache-dir --no-deps .

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
