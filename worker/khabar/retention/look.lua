#!lua flags=allow-oom,no-writes
-- Return everything that is known about the consumer groups at one moment. It is a script because a broker out of memory refuses
-- MULTI.
--
-- KEYS[1] records (stream)  KEYS[2] groups (hash)
-- Returns {registry as HGETALL, now as TIME, {entries added, newest id, length},
--   {{fields of XINFO GROUPS, least idle of its consumers in ms or -1}, ...}}
local registry, now = redis.pcall('HGETALL', KEYS[2]), redis.call('TIME')
if registry.err then -- a key of another type: the broker's own data about the groups are still valid
  if not string.find(registry.err, 'WRONGTYPE') then return registry end
  registry = {}
end
if redis.call('EXISTS', KEYS[1]) == 0 then return {registry, now, {0, '0-0', 0}, {}} end
local stream = {}
local fields = redis.call('XINFO', 'STREAM', KEYS[1])
for f = 1, #fields, 2 do stream[fields[f]] = fields[f + 1] end
local groups = {}
for i, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local name
  for f = 1, #group, 2 do
    if group[f] == 'name' then name = group[f + 1] end
  end
  local idle = -1
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], name)) do
    for f = 1, #consumer, 2 do
      if consumer[f] == 'idle' and (idle < 0 or consumer[f + 1] < idle) then idle = consumer[f + 1] end
    end
  end
  groups[i] = {group, idle}
end
return {registry, now, {stream['entries-added'], stream['last-generated-id'], stream['length']}, groups}
