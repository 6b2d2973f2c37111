#!lua flags=allow-oom
-- The one step that ends an article: publish its outcome, remember it, acknowledge it and remove it from the ledger.
-- All or nothing: a read-only broker refuses before the first step. A broker out of memory does not refuse (allow-oom), because
-- settling removes articles from a ledger that has filled the memory.
--
-- KEYS[1] ledger (stream)  KEYS[2] records or dead (stream)  KEYS[3] done, this generation (hash)
-- KEYS[4], KEYS[5] done, the generations before and after (hashes)  KEYS[6] known (string): ids of archives
-- KEYS[7] counters (hash)  KEYS[8] failures (hash)
-- KEYS[9..11] done, KEYS[12] known: the same for a better version of the article; absent without one
-- ARGV[1] group  ARGV[2] entry id  ARGV[3] outcome id, 16 bytes  ARGV[4] outcome name  ARGV[5] field of the event  ARGV[6] event
-- ARGV[7] length of a generation, s; a generation is kept for twice as long  ARGV[8] member in failures
-- ARGV[9] outcome id of the better version, 16 bytes  ARGV[10] number of the generation to which the keys belong
-- ARGV[11] first part of the name of the lane's counters of outcomes  ARGV[12] code of a rejection, otherwise ''
-- ARGV[13] first part of the names of the histogram of the lane's latency  ARGV[14] its first upper bound, ms
-- ARGV[15] number of bounds for each power of ten  ARGV[16] number of bounds
-- Returns the outcome's name; or `duplicate`: this version of the article, or the better one, was published before, here or in an
-- archive; or `settled`: the worker that took over has settled this ledger entry before this one; or `generation N`: nothing was
-- done, because by the broker's clock, the only one that all hosts share, it is another generation than that of the keys.
local clock = redis.call('TIME')
local generation = math.floor(clock[1] / ARGV[7])
if generation ~= tonumber(ARGV[10]) then
  return 'generation ' .. string.format('%d', generation)
end
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then
  return 'settled'
end

local ENTRY_BYTES = 7 -- of an id, from its third byte on; read as two numbers, because Lua's numbers are not exact for 7 bytes
local function numbers(entry)
  local a, b, c, d, e, f, g = string.byte(entry, 1, ENTRY_BYTES)
  return (a * 256 + b) * 256 + c, ((d * 256 + e) * 256 + f) * 256 + g
end

local function is_known(key, id) -- binary search; pcall: a key of another type has no meaning here
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

local function is_out(first, id) -- looks at KEYS from `first` on: three of done, then known
  for k = first, first + 2 do
    if redis.call('HEXISTS', KEYS[k], id) == 1 then return true end
  end
  return is_known(KEYS[first + 3], id)
end

local name = ARGV[4]
if is_out(3, ARGV[3]) or KEYS[9] and is_out(9, ARGV[9]) then name = 'duplicate' end
if name ~= 'duplicate' then
  -- If the broker accepted the record but not the memory of it, each attempt would publish again. So first write a field that is
  -- not an outcome, to make sure that the hash can be written.
  redis.call('HSET', KEYS[3], '', 0)
  local entry = redis.call('XADD', KEYS[2], '*', ARGV[5], ARGV[6])
  redis.call('HSET', KEYS[3], ARGV[3], string.match(entry, '^%d+')) -- a number takes 9 bytes, the whole id 16
  redis.call('EXPIRE', KEYS[3], 2 * ARGV[7])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2]) -- so the ledger has only articles that have not ended, and needs memory only for these
-- pcall: the rest only counts and cleans up. A counter or key of a wrong type must not make a finished article fail.
redis.pcall('HDEL', KEYS[8], ARGV[8])
redis.pcall('HINCRBY', KEYS[7], name, 1)
redis.pcall('HINCRBY', KEYS[7], ARGV[11] .. name .. '|' .. (name == 'rejection' and ARGV[12] or ''), 1)
-- The time from push to outcome, only by the broker's clock: the ledger's entry id is the time of the push, if the broker made
-- it.
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(string.match(ARGV[2], '^%d+'))
if ms >= 0 and ms < 1e11 then -- an id that a producer has chosen may be any number
  local first, steps = tonumber(ARGV[14]), tonumber(ARGV[15])
  local function bound(number) return math.floor(first * 10 ^ (number / steps) + 0.5) end
  local number = math.max(math.ceil(steps * math.log10(math.max(ms, 1) / first)), 0)
  if number > 0 and ms <= bound(number - 1) then number = number - 1 end -- because bounds are rounded
  if ms > bound(number) then number = number + 1 end
  local bucket = number < tonumber(ARGV[16]) and string.format('%d', bound(number)) or 'inf'
  redis.pcall('HINCRBY', KEYS[7], ARGV[13] .. bucket, 1)
  redis.pcall('HINCRBY', KEYS[7], ARGV[13] .. 'sum', string.format('%d', ms))
end
return name
