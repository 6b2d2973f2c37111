"""Archives: outcomes without a queue, batch by batch for other engines, or shard by shard into a folder."""
