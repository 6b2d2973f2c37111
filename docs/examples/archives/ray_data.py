"""An archive of JSON lines through Ray Data: python ray_data.py FOLDER RECORDS [WORKERS]; needs ray[data]."""

import sys

import ray
from ray.data import SaveMode

import khabar

folder, records, *rest = sys.argv[1:]
workers = int(rest[0]) if rest else 2
# Each worker keeps one of Ray's CPUs; without one more for reading and writing, the job never ends.
ray.init(num_cpus=workers + 1, include_dashboard=False, log_to_driver=False)
(
    ray.data.read_text(folder)
    .map_batches(
        khabar.Extractor,
        fn_constructor_kwargs={"recognizer": "fast", "json_column": "text"},
        batch_format="pyarrow",
        batch_size=64,
        concurrency=workers,
    )
    .write_parquet(records, mode=SaveMode.OVERWRITE)  # what a killed run has left goes first
)
