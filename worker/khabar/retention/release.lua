#!lua flags=allow-oom
-- Release the records that are kept for a group, and update its registry entry, in one step: move the group past the records that
-- were archived, or detach it. Only if its position is the one on which that was decided, and none of its consumers has been
-- active since.
--
-- KEYS[1] records (stream)  KEYS[2] groups (hash)
-- ARGV[1] group  ARGV[2] its registry entry when it was read, '' for none  ARGV[3] its new registry entry
-- ARGV[4] last delivered id  ARGV[5] number of unacknowledged records  ARGV[6] ms for which no consumer must have been active
-- ARGV[7] move it past this id; '' to detach it  ARGV[8] number of records ever added up to that id
-- Returns 1, or 0 if something has changed.
local entry = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if entry == ARGV[3] then return 1 end -- the call was sent again because the first reply was lost
if entry ~= ARGV[2] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local found = false
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for f = 1, #fields, 2 do group[fields[f]] = fields[f + 1] end
  if group['name'] == ARGV[1] then
    -- pending entries are only added when the last delivered id grows, so the same id and count mean the same entries
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
