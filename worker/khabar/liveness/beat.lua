#!lua flags=allow-oom
-- A process shows that it is alive, or that it has made progress. Times are the broker's, the only clock that all hosts share.
-- allow-oom: it replaces a hundred bytes by a hundred, and a full broker must not make every process look dead.
--
-- KEYS[1] alive (hash)
-- ARGV[1] role:host:pid  ARGV[2] start, life or progress
-- ARGV[3] 1: the queue had batches at every look since the last sign; 0: it had not; empty: this process does not look
-- ARGV[4] why reading has stopped; empty if it has not
-- Returns the broker's time, ms.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local old = ARGV[2] ~= 'start' and redis.call('HGET', KEYS[1], ARGV[1])
local is_json, sign = pcall(cjson.decode, old or '')
if not is_json or type(sign) ~= 'table' or not tonumber(sign.life_ms) or not tonumber(sign.progress_ms) then
  sign = {life_ms = now, progress_ms = now} -- there is no earlier sign, or it cannot be read
end
if ARGV[2] == 'progress' then
  sign.progress_ms = now -- progress is shown by a child; the parent itself shows that it is alive
else
  sign.life_ms = now
end
if ARGV[3] == '1' then
  sign.busy_since_ms = sign.busy_since_ms or now
elseif ARGV[3] == '0' then
  sign.busy_since_ms = nil
end
if ARGV[2] == 'life' then
  sign.reading_stopped = ARGV[4] ~= '' and ARGV[4] or nil
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(sign))
return now
