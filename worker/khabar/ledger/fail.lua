#!lua flags=allow-oom
-- An attempt failed: remember the reason, and when the entry is due again. Only for entries that this worker still holds: if the
-- lease of an entry has ended, another worker has it by now, and it must not run twice at once.
--
-- If the article was not at fault, the attempt is not counted. Then the pause is a quarter of the entry's age, up to a minute,
-- because nothing else shows how often this has happened.
--
-- allow-oom: an attempt that began on a broker out of memory must be able to end there.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)  KEYS[3] failures (hash)  KEYS[4] counters (hash)
-- ARGV[1] group  ARGV[2] this worker, or the parent process of the workers that may hold it  ARGV[3] lane
-- ARGV[4] first pause, ms  ARGV[5] jitter, 0..1  ARGV[6] failure (JSON), '' if the attempt is not counted
-- ARGV[7] longest pause after an attempt that is not counted, ms  ARGV[8] name of the counter to raise  ARGV[9..] entry ids
-- Returns how many will be tried again.
local time = redis.call('TIME') -- the broker's clock, because the clocks of the hosts differ
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local children = ARGV[2] .. ':'
local failed, counted = 0, 0
for i = 9, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and (pending[2] == ARGV[2] or string.sub(pending[2], 1, #children) == children) then
    local member = ARGV[3] .. ' ' .. id
    local attempts = pending[4] - 1
    -- pcall: if a key has another type, only the reason is lost, or the entry waits for the end of its lease instead
    if ARGV[6] ~= '' then
      local pause = ARGV[4] * 2 ^ math.max(attempts - 1, 0) * (1 + ARGV[5])
      redis.pcall('HSET', KEYS[3], member, ARGV[6])
      -- if the call is sent again after a lost reply, ZADD adds nothing, and the attempt is not counted again
      if redis.pcall('ZADD', KEYS[2], math.floor(now + pause), member) == 1 then counted = counted + 1 end
    else
      local age = now - tonumber(string.match(id, '^%d+'))
      local pause = math.max(ARGV[4], math.min(age / 4, ARGV[7])) * (1 + ARGV[5])
      -- NX: if the call is sent again after a lost reply, it does not subtract a second attempt
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
