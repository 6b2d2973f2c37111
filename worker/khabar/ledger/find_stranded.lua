#!lua flags=allow-oom,no-writes
-- Find ledger entries that the group has passed and nobody holds: somebody deleted a consumer that held them, read them without
-- acknowledging in the name of the group, or created the group at the end. Nothing else would ever look at them again.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] id to look from  ARGV[3] look at so many
-- Returns {id to look from next time, id of a stranded entry, ...}; the first is '' where all were looked at.
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
if not last or last == '0-0' then return { '' } end
-- The broker knows the lag unless entries ahead of the group were deleted; then it need not look at each.
if lag and redis.call('XLEN', KEYS[1]) == pending + lag then return { '' } end
local entries = redis.call('XRANGE', KEYS[1], ARGV[2], last, 'COUNT', ARGV[3])
local found = { #entries < tonumber(ARGV[3]) and '' or '(' .. entries[#entries][1] }
for _, entry in ipairs(entries) do
  if #redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1) == 0 then table.insert(found, entry[1]) end
end
return found
