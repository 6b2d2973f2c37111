#!lua flags=allow-oom
-- Give the next records to the process that holds the lease: first those that were given before and are not acknowledged, and new
-- ones only if all are acknowledged. Otherwise records of a lost answer would lose their place in the order.
-- allow-oom, because records that are read can be acknowledged, and then removed.
--
-- KEYS[1] holder (string)  KEYS[2] records (stream)
-- ARGV[1] token  ARGV[2] group  ARGV[3] its one consumer  ARGV[4] most records
-- Returns {'ok', {{id, fields, or nothing if it was deleted}, ...}}; {'lost'} if another process holds the lease.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'lost'} end
for _, after in ipairs({'0', '>'}) do
  local reply = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[3], 'COUNT', ARGV[4], 'STREAMS', KEYS[2], after)
  local found = reply and reply[1] and reply[1][2] or {}
  if #found > 0 then return {'ok', found} end
end
return {'ok', {}}
