// node consumer.mjs [URL] [GROUP]: prints who said what, each record at least once, until Ctrl-C.
import Redis from "ioredis";
import { claimsOf } from "./offsets.mjs";

const [url = "redis://127.0.0.1:6390/0", group = "monitor"] = process.argv.slice(2);
const stream = "khabar:records";
const consumer = `node-${process.pid}`;
const redis = new Redis(url);
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => (stopped = true));

// From the first record that is still there; "$" instead of "0" begins with the next one.
await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch((error) => {
  if (!error.message.startsWith("BUSYGROUP")) throw error;
});

function handle(event) {
  const record = event.data; // event.id is the same for the same outcome: make it the key downstream
  const claim = claimsOf(record.text);
  for (const { start, end, speaker } of record.quotations ?? []) {
    console.log(JSON.stringify({ id: event.id, speaker: speaker?.name ?? null, said: claim(start, end) }));
  }
}

while (!stopped) {
  // What a dead consumer of the group had for over a minute, then what is new.
  const [, taken] = await redis.xautoclaim(stream, group, consumer, 60_000, "0-0", "COUNT", 100);
  const fresh = await redis.xreadgroup("GROUP", group, consumer, "COUNT", 100, "BLOCK", 500, "STREAMS", stream, ">");
  for (const [entry, fields] of [...taken, ...(fresh?.[0][1] ?? [])]) {
    handle(JSON.parse(fields[fields.indexOf("event") + 1]));
    await redis.xack(stream, group, entry); // once it is safe downstream
  }
}
redis.disconnect();
