#!lua flags=allow-oom,no-writes
-- Count entries of a stream without sending them.
--
-- KEYS[1] stream
-- ARGV[1] first id  ARGV[2] last id; "(" before an id excludes it  ARGV[3] most entries to count, because the broker copies each
-- Returns {how many, id of the last one}
local entries = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
return {#entries, #entries > 0 and entries[#entries][1] or ''}
