#!lua flags=allow-oom
-- Hold the stories: one process at a time makes them, in the order of the records.
--
-- KEYS[1] holder (string)
-- ARGV[1] token of this process  ARGV[2] ms for which it holds; 0 to let go  ARGV[3] '1': only go on, do not begin
-- Returns 1 where this process holds them now.
local holder = redis.call('GET', KEYS[1])
if ARGV[2] == '0' then
  if holder == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 0
end
if holder and holder ~= ARGV[1] or not holder and ARGV[3] == '1' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
