#!lua flags=allow-oom
-- Also where the broker is out of memory: an attempt that began there ends there.
-- An attempt failed: remember why and when the entry is due again. Only for what this worker still holds: an entry
-- whose lease has ended is another's by now, and is not to be run a second time beside it.
--
-- An attempt that failed by no fault of the article's is not counted. The pause then grows with the entry's age, for nothing else
-- remembers how often that happened: a quarter of it, up to a minute.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)  KEYS[3] failures (hash)  KEYS[4] counters (hash)
-- ARGV[1] group  ARGV[2] this worker, or the parent of those that may hold it  ARGV[3] lane
-- ARGV[4] first pause, ms  ARGV[5] jitter, 0..1  ARGV[6] failure (JSON), '' where the attempt is not counted
-- ARGV[7] longest pause of one that is not counted, ms  ARGV[8] the counter of such attempts  ARGV[9..] entry ids
-- Returns how many will be tried again.
local time = redis.call('TIME') -- the broker's clock: those of the hosts differ
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local children = ARGV[2] .. ':'
local failed, counted = 0, 0
for i = 9, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and (pending[2] == ARGV[2] or string.sub(pending[2], 1, #children) == children) then
    local member = ARGV[3] .. ' ' .. id
    local attempts = pending[4] - 1
    -- pcall: where one of the keys is of another type, the reason is lost, or the entry waits for its lease instead
    if ARGV[6] ~= '' then
      local pause = ARGV[4] * 2 ^ math.max(attempts - 1, 0) * (1 + ARGV[5])
      redis.pcall('HSET', KEYS[3], member, ARGV[6])
      -- sent again after a cut reply, it adds nothing, and is not counted again
      if redis.pcall('ZADD', KEYS[2], math.floor(now + pause), member) == 1 then counted = counted + 1 end
    else
      local age = now - tonumber(string.match(id, '^%d+'))
      local pause = math.max(ARGV[4], math.min(age / 4, ARGV[7])) * (1 + ARGV[5])
      -- NX: sent again after a cut reply, the same call takes no second attempt back
      if redis.pcall('ZADD', KEYS[2], 'NX', math.floor(now + pause), member) == 1 then
        counted = counted + 1
        if attempts > 0 then
          redis.call('XCLAIM', KEYS[1], ARGV[1], pending[2], 0, id, 'RETRYCOUNT', attempts, 'JUSTID')
        end
      end
    end
    failed = failed + 1
  end
end
if counted > 0 then redis.pcall('HINCRBY', KEYS[4], ARGV[8], counted) end
return failed
