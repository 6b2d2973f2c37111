"""Ordinary scrapy-redis: addresses come from one Redis list, articles go to another. Nothing here knows khabar."""

import os

SPIDER_MODULES = ["spider"]
TELNETCONSOLE_ENABLED = False

REDIS_URL = os.environ["CRAWLER_REDIS_URL"]
SCHEDULER = "scrapy_redis.scheduler.Scheduler"
DUPEFILTER_CLASS = "scrapy_redis.dupefilter.RFPDupeFilter"
ITEM_PIPELINES = {"scrapy_redis.pipelines.RedisPipeline": 300}
MAX_IDLE_TIME_BEFORE_CLOSE = 2  # seconds; without it the spider waits for more addresses
