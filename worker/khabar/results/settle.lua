#!lua flags=allow-oom
-- The one step that ends an article: publish its outcome, remember it, acknowledge it and take it out of the ledger.
-- All of it or nothing: a broker that may not write refuses before the first step. A broker out of memory does not refuse:
-- settling is what takes articles out of a ledger that has filled it.
--
-- KEYS[1] ledger (stream)  KEYS[2] records or dead (stream)  KEYS[3] done, this generation (hash)
-- KEYS[4], KEYS[5] done, the generations before and after (hashes)  KEYS[6] known (string): ids of archives
-- KEYS[7] counters (hash)  KEYS[8] failures (hash)
-- KEYS[9..11] done, KEYS[12] known: the same for a better version of the article; absent where there is none
-- ARGV[1] group  ARGV[2] entry id  ARGV[3] outcome id, 16 bytes  ARGV[4] outcome name  ARGV[5] field of the event  ARGV[6] event
-- ARGV[7] length of a generation, s; it is kept for two  ARGV[8] member in failures  ARGV[9] outcome id of the better version,
-- 16 bytes  ARGV[10] the generation that the keys are of  ARGV[11] begins the counter of outcomes of the lane  ARGV[12] code of a
-- rejection, else ''  ARGV[13] begins the histogram of the lane's latency  ARGV[14] its first upper bound, ms  ARGV[15] bounds a
-- decade  ARGV[16] how many bounds
-- Returns what happened: the outcome's name; `duplicate` (this version of the article, or the better one, is out already, here
-- or in an archive); `settled` (this ledger entry is: a slow worker comes after the one that took over). `generation N`: nothing was done, for the keys are of another
-- generation than it is by the broker's clock, the only one that all hosts share.
local clock = redis.call('TIME')
local generation = math.floor(clock[1] / ARGV[7])
if generation ~= tonumber(ARGV[10]) then
  return 'generation ' .. string.format('%d', generation)
end
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then
  return 'settled'
end

local ENTRY_BYTES = 7 -- of an id, from its third byte on; as two numbers, for one would have more digits than Lua's have
local function numbers(entry)
  local a, b, c, d, e, f, g = string.byte(entry, 1, ENTRY_BYTES)
  return (a * 256 + b) * 256 + c, ((d * 256 + e) * 256 + f) * 256 + g
end

local function is_known(key, id) -- by halves; pcall: a key of another type holds nothing that is known here
  local length = redis.pcall('STRLEN', key)
  if type(length) ~= 'number' then return false end
  local high, low = numbers(string.sub(id, 3, 2 + ENTRY_BYTES))
  local first, last = 0, math.floor(length / ENTRY_BYTES) - 1
  while first <= last do
    local middle = math.floor((first + last) / 2)
    local h, l = numbers(redis.call('GETRANGE', key, middle * ENTRY_BYTES, middle * ENTRY_BYTES + ENTRY_BYTES - 1))
    if h == high and l == low then return true end
    if h < high or h == high and l < low then first = middle + 1 else last = middle - 1 end
  end
  return false
end

local function is_out(first, id) -- KEYS from the first on: done, three times, and known
  for k = first, first + 2 do
    if redis.call('HEXISTS', KEYS[k], id) == 1 then return true end
  end
  return is_known(KEYS[first + 3], id)
end

local name = ARGV[4]
if is_out(3, ARGV[3]) or KEYS[9] and is_out(9, ARGV[9]) then name = 'duplicate' end
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
redis.pcall('HDEL', KEYS[8], ARGV[8])
redis.pcall('HINCRBY', KEYS[7], name, 1)
redis.pcall('HINCRBY', KEYS[7], ARGV[11] .. name .. '|' .. (name == 'rejection' and ARGV[12] or ''), 1)
-- From push to outcome by the broker's clock alone: the ledger's entry id is when it was pushed, if the broker gave it.
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(string.match(ARGV[2], '^%d+'))
if ms >= 0 and ms < 1e11 then -- an id of another's making may be any number
  local first, steps = tonumber(ARGV[14]), tonumber(ARGV[15])
  local function bound(number) return math.floor(first * 10 ^ (number / steps) + 0.5) end
  local number = math.max(math.ceil(steps * math.log10(math.max(ms, 1) / first)), 0)
  if number > 0 and ms <= bound(number - 1) then number = number - 1 end -- a bound is rounded
  if ms > bound(number) then number = number + 1 end
  local bucket = number < tonumber(ARGV[16]) and string.format('%d', bound(number)) or 'inf'
  redis.pcall('HINCRBY', KEYS[7], ARGV[13] .. bucket, 1)
  redis.pcall('HINCRBY', KEYS[7], ARGV[13] .. 'sum', string.format('%d', ms))
end
return name
