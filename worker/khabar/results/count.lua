#!lua flags=allow-oom
-- Add to the counters what a batch has counted, and to the seconds of processor time that its articles took.
-- A script, because a broker out of memory refuses the plain command and with it the batch. pcall, because a counter that is no number
-- must not make a failure of the articles beside it.
--
-- KEYS[1] counters (hash)
-- ARGV[1] field of the seconds  ARGV[2] seconds  ARGV[3..] field, whole number, field, whole number, ...
-- Returns how many of them cannot be counted.
local failed = 0
local function tried(reply)
  if type(reply) == 'table' and reply.err then failed = failed + 1 end
end
tried(redis.pcall('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2]))
for i = 3, #ARGV, 2 do tried(redis.pcall('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])) end
return failed
