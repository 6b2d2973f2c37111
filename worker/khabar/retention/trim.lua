#!lua flags=allow-oom
-- Trim the records that every consumer group has acknowledged. The floor, the oldest record to keep, is computed and applied in
-- one step, so that no group can be created and no record delivered in between. allow-oom, because trimming helps a full broker.
--
-- KEYS[1] records (stream)
-- ARGV[1] trim only if the stream is longer than this  ARGV[2] '1': change nothing
-- ARGV[3] the group of khabar's own service: if it is the only group, nothing is trimmed, because no user has read the records
-- ARGV[4..] group, id, group, id, ...: as if the group had acknowledged all records up to this id; '': as if it did not exist
-- Returns {records trimmed, floor, the group that needs the record at the floor}; floor is '' if there is nothing to trim.
local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return ms, sequence
end
-- compares by length, then as text, because Lua's numbers are not exact for 64 bits
local function number_before(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
local function before(a, b)
  local a_ms, a_sequence = parts(a)
  local b_ms, b_sequence = parts(b)
  if a_ms ~= b_ms then return number_before(a_ms, b_ms) end
  return number_before(a_sequence, b_sequence)
end

if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('XLEN', KEYS[1]) <= tonumber(ARGV[1]) then
  return {0, '', ''}
end
local instead = {}
for i = 4, #ARGV, 2 do instead[ARGV[i]] = ARGV[i + 1] end
local floor, holder
local has_readers = false
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for f = 1, #fields, 2 do group[fields[f]] = fields[f + 1] end
  local needs = instead[group['name']]
  if needs == nil then
    needs = redis.call('XPENDING', KEYS[1], group['name'])[2] or group['last-delivered-id']
  end
  if needs ~= '' and group['name'] ~= ARGV[3] then has_readers = true end
  if needs ~= '' and (not floor or before(needs, floor)) then floor, holder = needs, group['name'] end
end
if not has_readers then return {0, '', ''} end
if ARGV[2] == '1' then return {0, floor, holder} end
return {redis.call('XTRIM', KEYS[1], 'MINID', floor), floor, holder}
