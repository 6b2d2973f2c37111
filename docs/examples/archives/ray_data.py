"""An archive of JSON lines through Ray Data: python ray_data.py FOLDER RECORDS [WORKERS]; needs ray[data]."""

import sys

import ray
from ray.data import SaveMode

import khabar

folder, records, *workers = sys.argv[1:]
ray.init(include_dashboard=False, log_to_driver=False)
(
    ray.data.read_text(folder)
    .map_batches(
        khabar.Extractor,
        fn_constructor_kwargs={"recognizer": "fast", "json_column": "text"},
        batch_format="pyarrow",
        batch_size=64,
        concurrency=int(workers[0]) if workers else 2,
    )
    .write_parquet(records, mode=SaveMode.OVERWRITE)  # what a killed run has left goes first
)
