#!lua flags=allow-oom
-- Find ledger entries that the group has passed and nobody holds: somebody deleted a consumer that held them, read them without
-- acknowledging in the name of the group, or created the group at the end. Nothing else would ever look at them again.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] id to look from  ARGV[4] look at so many  ARGV[5] '1': change nothing
-- Returns {id to look from next time, stranded entries}; the first is '' where all were looked at. They become pending as if read by
-- this dispatcher a long time ago, so that the next take-over sends them; what ran before them is published once all the same.
local last, lag, pending
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for f = 1, #fields, 2 do group[fields[f]] = fields[f + 1] end
    if group['name'] == ARGV[1] then
      last, lag, pending = group['last-delivered-id'], group['lag'], group['pending']
    end
  end
end
if not last or last == '0-0' then return { '', 0 } end
-- The broker knows the lag unless entries ahead of the group were deleted; then it need not look at each.
if lag and redis.call('XLEN', KEYS[1]) == pending + lag then return { '', 0 } end
local entries, stranded = redis.call('XRANGE', KEYS[1], ARGV[3], last, 'COUNT', ARGV[4]), 0
for _, entry in ipairs(entries) do
  local id = entry[1]
  if #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) == 0 then
    if ARGV[5] ~= '1' then
      -- FORCE makes it pending; JUSTID counts no attempt: it counts as read once, like any other. IDLE: at once due.
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'IDLE', 2000000000, 'FORCE', 'JUSTID')
    end
    stranded = stranded + 1
  end
end
if #entries < tonumber(ARGV[4]) then return { '', stranded } end
return { '(' .. entries[#entries][1], stranded }
