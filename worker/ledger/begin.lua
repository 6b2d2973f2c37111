-- A worker begins a batch: each entry passes from the dispatcher that queued it to this worker, and its attempt is counted.
-- An entry that is settled, or that another worker has begun, is left out: however often a message is delivered,
-- an entry runs once for each time it was dispatched.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this worker  ARGV[3] field of the article  ARGV[4..] entry ids
-- Returns {id, attempt, article, id, attempt, article, ...}; attempt counts from 1; article is false where it was trimmed.
local begun = {}
for i = 4, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if pending and string.sub(pending[2], 1, 11) == 'dispatcher:' then
    local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
    local article = false
    if entry then
      for f = 1, #entry[2], 2 do
        if entry[2][f] == ARGV[3] then article = entry[2][f + 1] end
      end
    end
    -- reading counted 1, each begin counts one more: the count before this begin is the attempt's number
    table.insert(begun, id)
    table.insert(begun, pending[4])
    table.insert(begun, article)
  end
end
return begun
