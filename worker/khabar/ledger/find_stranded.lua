#!lua flags=allow-oom,no-writes
-- Find stranded ledger entries: the group has passed them, but no consumer holds them. This happens if somebody deletes a
-- consumer that held them, reads them in the name of the group with NOACK, or creates the group at the stream's end. Nothing else
-- would look at them again.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] id to start from  ARGV[3] most entries to look at
-- Returns {id to start from next time, id of a stranded entry, ...}; the first is '' if all entries were looked at.
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
-- Unless entries ahead of the group were deleted, the broker knows the lag, and the entries need not be looked at one by one.
if lag and redis.call('XLEN', KEYS[1]) == pending + lag then return { '' } end
local entries = redis.call('XRANGE', KEYS[1], ARGV[2], last, 'COUNT', ARGV[3])
local found = { #entries < tonumber(ARGV[3]) and '' or '(' .. entries[#entries][1] }
for _, entry in ipairs(entries) do
  if #redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1) == 0 then table.insert(found, entry[1]) end
end
return found
