"""The two lines that matter are the last; the broker's address is khabar's own setting, KHABAR_REDIS_URL."""

BOT_NAME = "paper"
SPIDER_MODULES = ["paper.spiders"]
ROBOTSTXT_OBEY = True
TELNETCONSOLE_ENABLED = False

ITEM_PIPELINES = {"khabar.scrapers.scrapy.KhabarPipeline": 900}
KHABAR_FIELDS = {"text": "paragraphs"}  # a field of ours that khabar does not know by its name
