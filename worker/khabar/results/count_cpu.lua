#!lua flags=allow-oom
-- Add to the seconds of processor time that articles took.
-- A script, because a broker out of memory refuses the plain command and with it the batch. pcall, because a counter that is no number
-- must not make a failure of the articles beside it.
--
-- KEYS[1] counters (hash)
-- ARGV[1] field  ARGV[2] seconds
-- Returns 1, or 0 where it cannot be counted.
local reply = redis.pcall('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2])
return type(reply) == 'table' and reply.err and 0 or 1
