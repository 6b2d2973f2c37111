-- An attempt failed: remember why and when the entry is due again.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)  KEYS[3] failures (hash)
-- ARGV[1] group  ARGV[2] lane  ARGV[3] now, ms  ARGV[4] first pause, ms  ARGV[5] jitter, 0..1  ARGV[6] failure (JSON)
-- ARGV[7..] entry ids
-- Returns how many will be tried again; settled ones are left alone.
local failed = 0
for i = 7, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending then
    local member = ARGV[2] .. ' ' .. id
    local attempts = pending[4] - 1
    local pause = ARGV[4] * 2 ^ math.max(attempts - 1, 0) * (1 + ARGV[5])
    redis.call('HSET', KEYS[3], member, ARGV[6])
    redis.call('ZADD', KEYS[2], math.floor(ARGV[3] + pause), member)
    failed = failed + 1
  end
end
return failed
