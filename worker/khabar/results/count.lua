#!lua flags=allow-oom
-- Add the counts of a batch to the counters, and the seconds of processor time of its articles to the sum. It is a script because
-- a broker out of memory refuses the plain commands, and with them the batch. pcall, because a counter that is not a number must
-- not make the articles fail.
--
-- KEYS[1] counters (hash)
-- ARGV[1] field of the seconds  ARGV[2] seconds  ARGV[3..] field, whole number, field, whole number, ...
-- Returns how many counters could not be raised.
local failed = 0
local function tried(reply)
  if type(reply) == 'table' and reply.err then failed = failed + 1 end
end
tried(redis.pcall('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2]))
for i = 3, #ARGV, 2 do tried(redis.pcall('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])) end
return failed
