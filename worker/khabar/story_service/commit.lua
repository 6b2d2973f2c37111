#!lua flags=allow-oom
-- Commit a batch in one step: write the state and the revisions of stories, and acknowledge its records. If the answer was lost
-- and the commit is sent again, nothing is written twice. allow-oom, because acknowledging frees more memory than is written.
--
-- KEYS[1] holder (string)  KEYS[2] state (hash)  KEYS[3] articles (hash)  KEYS[4] open stories (hash)
-- KEYS[5] stories (stream)  KEYS[6] records (stream)  KEYS[7] counters (hash)
-- ARGV[1] token  ARGV[2] number of this commit  ARGV[3] head  ARGV[4] group  ARGV[5] field of an event
-- ARGV[6..12] how many follow: records to acknowledge, events, articles written (field and value each), articles removed, stories
--   written (field and value each), stories removed, counters raised (field and value each)
-- ARGV[13] the records of other ledgers that are in this commit  ARGV[14..] the values that follow, in this order
-- Returns 'done'; 'lost' if another process holds the lease; 'stale' if the state is not the one with which the batch began. A
-- script that fails in the middle does not undo its writes, so records could be acknowledged but in no story. So the types of all
-- keys are checked first.
for at, wanted in ipairs({'string', 'hash', 'hash', 'hash', 'stream', 'stream', 'hash'}) do
  local found = redis.call('TYPE', KEYS[at]).ok
  if found ~= 'none' and found ~= wanted then
    return redis.error_reply('WRONGTYPE ' .. KEYS[at] .. ' is a ' .. found .. ', not a ' .. wanted)
  end
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
local state = redis.call('HMGET', KEYS[2], 'commit', 'by')
local number = state[1] or '0'
if number == ARGV[2] and state[2] == ARGV[1] then return 'done' end
if tonumber(number) + 1 ~= tonumber(ARGV[2]) then return 'stale' end
local at = 14
local function each(count, width, call)
  -- unpack cannot take more than a few thousand values
  local ends = at + count * width
  while at < ends do
    local last = math.min(at + 1000, ends) - 1
    call(unpack(ARGV, at, last))
    at = last + 1
  end
end
local function count(n) return tonumber(ARGV[5 + n]) end
each(count(1), 1, function(...) redis.call('XACK', KEYS[6], ARGV[4], ...) end)
for _ = 1, count(2) do
  redis.call('XADD', KEYS[5], '*', ARGV[5], ARGV[at])
  at = at + 1
end
each(count(3), 2, function(...) redis.call('HSET', KEYS[3], ...) end)
each(count(4), 1, function(...) redis.call('HDEL', KEYS[3], ...) end)
each(count(5), 2, function(...) redis.call('HSET', KEYS[4], ...) end)
each(count(6), 1, function(...) redis.call('HDEL', KEYS[4], ...) end)
for _ = 1, count(7) do
  redis.call('HINCRBY', KEYS[7], ARGV[at], ARGV[at + 1])
  at = at + 2
end
redis.call('HSET', KEYS[2], 'commit', ARGV[2], 'by', ARGV[1], 'head', ARGV[3], 'elsewhere', ARGV[13])
return 'done'
