#!lua flags=allow-oom
-- Also where the broker is out of memory: an attempt that began there ends there.
-- An attempt failed: remember why and when the entry is due again. Only for what this worker still holds: an entry
-- whose lease has ended is another's by now, and is not to be run a second time beside it.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)  KEYS[3] failures (hash)
-- ARGV[1] group  ARGV[2] this worker, or the parent of those that may hold it  ARGV[3] lane
-- ARGV[4] first pause, ms  ARGV[5] jitter, 0..1  ARGV[6] failure (JSON)  ARGV[7..] entry ids
-- Returns how many will be tried again.
local time = redis.call('TIME') -- the broker's clock: those of the hosts differ
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local children = ARGV[2] .. ':'
local failed = 0
for i = 7, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and (pending[2] == ARGV[2] or string.sub(pending[2], 1, #children) == children) then
    local member = ARGV[3] .. ' ' .. id
    local attempts = pending[4] - 1
    local pause = ARGV[4] * 2 ^ math.max(attempts - 1, 0) * (1 + ARGV[5])
    -- pcall: where one of the keys is of another type, the reason is lost, or the entry waits for its lease instead
    redis.pcall('HSET', KEYS[3], member, ARGV[6])
    redis.pcall('ZADD', KEYS[2], math.floor(now + pause), member)
    failed = failed + 1
  end
end
return failed
