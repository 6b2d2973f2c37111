-- A dispatcher reads new entries of a lane: their ids alone, for the articles stay where they are.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] at most so many
-- Returns {id, id, ...}
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
local ids = {}
for _, stream in ipairs(reply or {}) do
  for _, entry in ipairs(stream[2]) do
    table.insert(ids, entry[1])
  end
end
return ids
