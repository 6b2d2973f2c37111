#!lua flags=allow-oom
-- Also where the broker is out of memory: whoever waits for room keeps what it holds.
-- A worker shows that it is alive: the lease of what it still holds begins anew. What was taken from it stays taken.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this worker  ARGV[3..] entry ids
-- Returns how many leases were renewed.
local renewed = 0
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])[1]
  if pending then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    renewed = renewed + 1
  end
end
return renewed
