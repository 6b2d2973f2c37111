#!lua flags=allow-oom
-- Also where the broker is out of memory: only reading and settling empty a ledger that has filled it.
-- A dispatcher reads new entries of a lane, if the queue to the workers has room: their ids alone, for the articles stay
-- where they are. Looking and reading are one step, so that ten dispatchers do not each fill the same gap.
--
-- KEYS[1] ledger (stream)  KEYS[2] queue (list)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] at most so many  ARGV[4] batches that the queue may hold
-- Returns {id, id, ...}
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[4]) then return {} end
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
local ids = {}
for _, stream in ipairs(reply or {}) do
  for _, entry in ipairs(stream[2]) do
    table.insert(ids, entry[1])
  end
end
return ids
