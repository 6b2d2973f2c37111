#!lua flags=allow-oom
-- A worker shows that it is alive: the leases of the entries that it still holds begin again. Entries that others have taken over
-- stay with them. allow-oom: a worker that waits for room must keep its entries.
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
