#!lua flags=allow-oom
-- Delete consumers that hold nothing and have long been silent, because every start of a process makes a new name. A consumer
-- that comes back is created again by its first read.
--
-- KEYS[1] stream
-- ARGV[1] group  ARGV[2] least idle time, ms  ARGV[3] '1': change nothing
-- Returns their names.
local names = {}
if redis.call('EXISTS', KEYS[1]) == 0 then return names end
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return names end -- no such group
for _, fields in ipairs(consumers) do
  local consumer = {}
  for f = 1, #fields, 2 do consumer[fields[f]] = fields[f + 1] end
  if consumer['pending'] == 0 and consumer['idle'] >= tonumber(ARGV[2]) then
    if ARGV[3] ~= '1' then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name']) end
    table.insert(names, consumer['name'])
  end
end
return names
