#!lua flags=allow-oom
-- Also where the broker is out of memory: what is brought to its end makes room.
-- A dispatcher takes the entries whose pause is over. Should it die with them, their lease brings them back.
--
-- KEYS[1] retry (sorted set)  KEYS[2..] ledgers, in the order of the lanes in ARGV[4..]
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] at most so many  ARGV[4..] lanes
-- Returns {lane, id, attempts so far, lane, id, attempts, ...}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local taken = {}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do
  local lane, id = string.match(member, '^(%S+) (%S+)$')
  for i = 4, #ARGV do
    if ARGV[i] == lane then
      local ledger = KEYS[i - 2]
      local pending = redis.call('XPENDING', ledger, ARGV[1], id, id, 1)[1]
      if pending then
        redis.call('XCLAIM', ledger, ARGV[1], ARGV[2], 0, id, 'JUSTID')
        table.insert(taken, lane)
        table.insert(taken, id)
        table.insert(taken, pending[4] - 1)
      end
    end
  end
  redis.call('ZREM', KEYS[1], member)
end
return taken
