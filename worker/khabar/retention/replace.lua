#!lua flags=allow-oom
-- Replace a group's entry in the registry, unless another process has changed it. Sending this twice does no harm.
--
-- KEYS[1] groups (hash)
-- ARGV[1] group  ARGV[2] the entry when it was read, '' for none  ARGV[3] the new entry, '' for none
-- Returns 1 if the registry has the new entry now, otherwise 0.
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if now == ARGV[3] then return 1 end
if now ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
