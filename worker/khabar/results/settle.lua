#!lua flags=allow-oom
-- The one step that ends an article: publish its outcome, remember it, acknowledge it and take it out of the ledger.
-- All of it or nothing: a broker that may not write refuses before the first step. A broker out of memory does not refuse:
-- settling is what takes articles out of a ledger that has filled it.
--
-- KEYS[1] ledger (stream)  KEYS[2] records or dead (stream)  KEYS[3] done, this generation (hash)
-- KEYS[4], KEYS[5] done, the generations before and after (hashes)  KEYS[6] counters (hash)  KEYS[7] failures (hash)
-- KEYS[8..10] done: the same three for a better version of the article; absent where there is none
-- ARGV[1] group  ARGV[2] entry id  ARGV[3] outcome id, 16 bytes  ARGV[4] outcome name  ARGV[5] field of the event  ARGV[6] event
-- ARGV[7] length of a generation, s; it is kept for two  ARGV[8] member in failures  ARGV[9] outcome id of the better version,
-- 16 bytes  ARGV[10] the generation that the keys are of  ARGV[11] begins the counter of outcomes of the lane  ARGV[12] code of a
-- rejection, else ''  ARGV[13] begins the histogram of the lane's latency  ARGV[14] its first upper bound, ms  ARGV[15] bounds a
-- decade  ARGV[16] how many bounds
-- Returns what happened: the outcome's name; `duplicate` (this version of the article, or the better one, is out already); `settled` (this ledger
-- entry is: a slow worker comes after the one that took over). `generation N`: nothing was done, for the keys are of another
-- generation than it is by the broker's clock, the only one that all hosts share.
local clock = redis.call('TIME')
local generation = math.floor(clock[1] / ARGV[7])
if generation ~= tonumber(ARGV[10]) then
  return 'generation ' .. string.format('%d', generation)
end
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then
  return 'settled'
end
local name = ARGV[4]
for k = 3, 5 do
  if redis.call('HEXISTS', KEYS[k], ARGV[3]) == 1 then name = 'duplicate' end
end
for k = 8, #KEYS do
  if redis.call('HEXISTS', KEYS[k], ARGV[9]) == 1 then name = 'duplicate' end
end
if name ~= 'duplicate' then
  -- A broker that lets us publish and not remember would let us publish at each attempt: a field that is no outcome proves first
  -- that it does.
  redis.call('HSET', KEYS[3], '', 0)
  local entry = redis.call('XADD', KEYS[2], '*', ARGV[5], ARGV[6])
  redis.call('HSET', KEYS[3], ARGV[3], string.match(entry, '^%d+')) -- a number takes 9 bytes, the whole id 16
  redis.call('EXPIRE', KEYS[3], 2 * ARGV[7])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2]) -- so the ledger's length is what has not ended, and its memory with it
-- pcall: what follows only counts and cleans. A counter or key that is none must not make a failure of what is done.
redis.pcall('HDEL', KEYS[7], ARGV[8])
redis.pcall('HINCRBY', KEYS[6], name, 1)
redis.pcall('HINCRBY', KEYS[6], ARGV[11] .. name .. '|' .. (name == 'rejection' and ARGV[12] or ''), 1)
-- From push to outcome by the broker's clock alone: the ledger's entry id is when it was pushed, if the broker gave it.
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(string.match(ARGV[2], '^%d+'))
if ms >= 0 and ms < 1e11 then -- an id of another's making may be any number
  local first, steps = tonumber(ARGV[14]), tonumber(ARGV[15])
  local function bound(number) return math.floor(first * 10 ^ (number / steps) + 0.5) end
  local number = math.max(math.ceil(steps * math.log10(math.max(ms, 1) / first)), 0)
  if number > 0 and ms <= bound(number - 1) then number = number - 1 end -- a bound is rounded
  if ms > bound(number) then number = number + 1 end
  local bucket = number < tonumber(ARGV[16]) and string.format('%d', bound(number)) or 'inf'
  redis.pcall('HINCRBY', KEYS[6], ARGV[13] .. bucket, 1)
  redis.pcall('HINCRBY', KEYS[6], ARGV[13] .. 'sum', string.format('%d', ms))
end
return name
