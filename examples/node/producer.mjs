// node producer.mjs [URL] < articles.jsonl: puts articles on the ledger, one JSON object a line, under any common scraper's names.
import { createInterface } from "node:readline";
import Redis from "ioredis";

const redis = new Redis(process.argv[2] ?? "redis://127.0.0.1:6390/0");
const full = 100_000; // articles that wait; beyond it wait, as `khabar push` does

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  while ((await redis.xlen("khabar:articles")) >= full) await new Promise((resolve) => setTimeout(resolve, 1000));
  await redis.xadd("khabar:articles", "*", "article", line); // answered: it will be one record or one rejection
}
redis.disconnect();
