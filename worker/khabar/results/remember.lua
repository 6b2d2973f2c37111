#!lua
-- Replace a bucket of remembered outcome ids, unless it was changed since it was read.
--
-- KEYS[1] known (string)
-- ARGV[1] SHA-1 of the bucket when it was read, 40 digits  ARGV[2] the new bucket: sorted entries of 7 bytes; empty: none
-- Returns 1, or 0 if it was changed and nothing was done.
if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
