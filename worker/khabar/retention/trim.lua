#!lua flags=allow-oom
-- Trim the records behind what every consumer group has acknowledged. The floor is computed and applied in one step: no
-- group can be created, no record be given out between the two. allow-oom, for a full broker is what trimming mends.
--
-- KEYS[1] records (stream)
-- ARGV[1] only a stream longer than this  ARGV[2] '1': change nothing
-- ARGV[3] the group of a service of ours: by itself it is no reason to trim, for nobody has read the records then
-- ARGV[4..] group, id, group, id, ...: taken as if the group had acknowledged all up to this id; '' as if it were not there
-- Returns {records trimmed, floor, the group that needs the record at the floor}; floor '' where there is nothing to trim.
local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return ms, sequence
end
-- by length, then as text: exact for all 64 bits, which Lua's numbers are not
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
