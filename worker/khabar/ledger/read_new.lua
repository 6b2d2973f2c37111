#!lua flags=allow-oom
-- A dispatcher reads new entries of a lane if the queue to the workers has room. It gets only their ids, because the articles
-- stay in the ledger. Looking at the queue and reading are one step, so that ten dispatchers do not all fill the same gap.
-- allow-oom: only reading and settling can empty a ledger that has filled the memory.
--
-- KEYS[1] ledger (stream)  KEYS[2] queue (list)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] most entries to read  ARGV[4] batches that the queue may hold
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
