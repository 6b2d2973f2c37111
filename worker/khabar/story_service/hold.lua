#!lua flags=allow-oom
-- Take, prolong or give up the lease of the stories: one process at a time makes them, in the order of the records.
--
-- KEYS[1] holder (string)
-- ARGV[1] token of this process  ARGV[2] length of the lease, ms; 0 to give it up  ARGV[3] '1': only prolong it, do not take it
-- Returns 1 if this process holds the lease now, otherwise 0.
local holder = redis.call('GET', KEYS[1])
if ARGV[2] == '0' then
  if holder == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 0
end
if holder and holder ~= ARGV[1] or not holder and ARGV[3] == '1' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
