#!lua flags=allow-oom
-- Replace a group's entry in the registry, unless somebody else has changed it. Sending this twice does no harm.
--
-- KEYS[1] groups (hash)
-- ARGV[1] group  ARGV[2] entry as it was read, '' for none  ARGV[3] entry as it shall be, '' for none
-- Returns whether it is now as it shall be.
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if now == ARGV[3] then return 1 end
if now ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
