#!lua flags=allow-oom
-- A worker begins a batch: each entry passes from the dispatcher that queued it to this worker, and its attempt is counted.
-- An entry that is settled, or that another worker has begun, is left out, so an entry runs once for each time it was dispatched,
-- even if a message is delivered several times. If the reply is lost and the call is sent again, it gives the same answer;
-- otherwise each lost reply would count an attempt in which nothing ran.
--
-- A read-only broker refuses before the first step, because an attempt must not begin if it cannot be finished.
-- A broker out of memory does not refuse: settling is allowed there too (settle.lua), and makes room.
--
-- KEYS[1] ledger (stream)  KEYS[2] begun (string): the token of this worker's latest begin
-- ARGV[1] group  ARGV[2] this worker  ARGV[3] field of the article  ARGV[4] token of this call
-- ARGV[5] lifetime of the token, s  ARGV[6] after this many bytes of articles no further entry is begun
-- ARGV[7] field of the trace context  ARGV[8..] entry ids
-- Returns {number of ids that were looked at, id, attempt, article, trace context, id, attempt, ...}. attempt counts from 1.
-- trace context is '' for none. article is the whole entry, {name, value, ...}, if it has no field of the article; false if it
-- was trimmed.
local function article_of(entry)
  if not entry then return false, 0, '' end
  local bytes, article, parent = 0, nil, ''
  for f = 1, #entry[2], 2 do
    if entry[2][f] == ARGV[3] then article = article or entry[2][f + 1] end
    if entry[2][f] == ARGV[7] then parent = entry[2][f + 1] end
    bytes = bytes + #entry[2][f] + #entry[2][f + 1]
  end
  if article then return article, #article, parent end
  return entry[2], bytes, ''
end

local is_again = redis.pcall('GET', KEYS[2]) == ARGV[4] -- pcall: a key of another type is not a token, and is overwritten
redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5])
local begun, bytes = { #ARGV - 7 }, 0
for i = 8, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  -- reading counts 1 and each begin adds one, so the count before a begin is the number of its attempt
  local attempt, entry
  if pending and is_again and pending[2] == ARGV[2] then
    attempt, entry = pending[4] - 1, redis.call('XRANGE', KEYS[1], id, id)[1]
  elseif pending and string.sub(pending[2], 1, 11) == 'dispatcher:' then
    attempt, entry = pending[4], redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
  end
  if attempt then
    table.insert(begun, id)
    table.insert(begun, attempt)
    local article, size, parent = article_of(entry)
    table.insert(begun, article)
    table.insert(begun, parent)
    bytes = bytes + size
    if bytes >= tonumber(ARGV[6]) then
      begun[1] = i - 7
      break
    end
  end
end
return begun
