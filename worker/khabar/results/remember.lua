#!lua
-- A bucket of remembered outcome ids takes the place of the one that was read, unless somebody has changed it meanwhile.
--
-- KEYS[1] known (string)
-- ARGV[1] SHA-1 of the bucket as it was read, 40 digits  ARGV[2] the bucket now: sorted entries of 7 bytes; empty: none
-- Returns 1, or 0 where it was changed and nothing was done.
if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
