"""Archives: extraction without a queue, batch by batch inside other engines, or shard by shard into a folder."""
