#!lua
-- A dispatcher takes over entries that nobody has shown life for: their message was lost, or their worker is gone.
-- Those that wait in the retry set are not lost and stay there.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] lease, ms  ARGV[4] at most so many  ARGV[5] lane
-- ARGV[6] look at so many  ARGV[7] id to look from
-- Returns {id to look from next time, id, attempts so far, id, attempts, ...}; the first is '-' where all were looked at.
local idle = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], ARGV[7], '+', ARGV[6])
local taken = { '-' }
if #idle == tonumber(ARGV[6]) then taken[1] = '(' .. idle[#idle][1] end
for _, pending in ipairs(idle) do
  if #taken > 2 * ARGV[4] then
    taken[1] = pending[1]
    break
  end
  if not redis.call('ZSCORE', KEYS[2], ARGV[5] .. ' ' .. pending[1]) then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], pending[1], 'JUSTID')
    table.insert(taken, pending[1])
    table.insert(taken, pending[4] - 1)
  end
end
return taken
