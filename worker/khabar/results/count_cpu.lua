#!lua flags=allow-oom
-- Sum up the CPU that articles took. A script, for a broker out of memory refuses the plain command and with it the batch.
--
-- KEYS[1] counters (hash)
-- ARGV[1] field  ARGV[2] seconds
return redis.call('HINCRBYFLOAT', KEYS[1], ARGV[1], ARGV[2])
