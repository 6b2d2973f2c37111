"""An archive of JSON lines through Spark: python spark.py FOLDER RECORDS [WORKERS]; needs pyspark, pandas, pyarrow and Java."""

import sys
from collections.abc import Iterator
from typing import Any

from pyspark.sql import SparkSession

import khabar

COLUMNS = "outcome_id string, article_id string, code string, record string, rejection string"

folder, records, *workers = sys.argv[1:]
extractor = khabar.Extractor(recognizer="fast", json_column="value")


def extract(frames: Iterator[Any]) -> Iterator[Any]:
    """Run in Spark's Python processes; each opens the pipeline once, because it serves many tasks."""
    return map(extractor, frames)


spark = (
    SparkSession.builder.master(f"local[{workers[0] if workers else 2}]")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", 64)
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
lines = spark.read.text(folder)  # a compressed file is one partition
lines.mapInPandas(extract, COLUMNS).write.mode("overwrite").parquet(records)
