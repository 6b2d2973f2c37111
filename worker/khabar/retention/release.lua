#!lua flags=allow-oom
-- Let go of what a group is owed, in one step with noting it: move the group past the records that were archived, or
-- take it out. Only if it stands where it stood when that was decided, and nobody of it has come back since.
--
-- KEYS[1] records (stream)  KEYS[2] groups (hash)
-- ARGV[1] group  ARGV[2] entry as it was read, '' for none  ARGV[3] entry as it shall be
-- ARGV[4] last delivered id  ARGV[5] how many are unacknowledged  ARGV[6] ms in which no consumer has been active
-- ARGV[7] move it past this id; '' to take it out  ARGV[8] how many records there have been up to that id
-- Returns 1; 0 where something has changed.
local entry = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if entry == ARGV[3] then return 1 end -- sent a second time, for the first reply was lost
if entry ~= ARGV[2] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local found = false
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for f = 1, #fields, 2 do group[fields[f]] = fields[f + 1] end
  if group['name'] == ARGV[1] then
    -- pending entries grow with the last delivered id only: the same id and the same count are the same entries
    found = group['last-delivered-id'] == ARGV[4] and group['pending'] == tonumber(ARGV[5])
  end
end
if not found then return 0 end
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for f = 1, #fields, 2 do consumer[fields[f]] = fields[f + 1] end
  if consumer['idle'] < tonumber(ARGV[6]) then return 0 end
end
if ARGV[7] == '' then
  redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
else
  repeat
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)
    local ids = {}
    for i, entry in ipairs(pending) do ids[i] = entry[1] end
    if #ids > 0 then redis.call('XACK', KEYS[1], ARGV[1], unpack(ids)) end
  until #pending == 0
  redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[7], 'ENTRIESREAD', ARGV[8])
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 1
