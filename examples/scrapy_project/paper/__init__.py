"""A Scrapy project whose articles go to khabar."""
