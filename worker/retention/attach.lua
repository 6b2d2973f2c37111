#!lua flags=allow-oom
-- Put a detached group back where it stood: after the last record that it was given, those unacknowledged pending again
-- as far as they are still there.
--
-- KEYS[1] records (stream)  KEYS[2] groups (hash)
-- ARGV[1] group  ARGV[2] entry as it was read  ARGV[3] entry as it shall be
-- ARGV[4] last delivered id  ARGV[5] how many those were since the stream began, '' where unknown
-- ARGV[6] consumer that holds what was pending  ARGV[7..] ids that were pending
-- Returns {records pending again, records in the stream, records ever added, id of the first one}; nothing where something
-- has changed.
if (redis.call('HGET', KEYS[2], ARGV[1]) or '') ~= ARGV[2] then return {} end
local read = {}
if ARGV[5] ~= '' then read = {'ENTRIESREAD', ARGV[5]} end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[4], 'MKSTREAM', unpack(read))
local restored = 0
for i = 7, #ARGV do
  -- FORCE makes a pending entry of an id that nobody holds; of an id that is gone it makes none.
  -- IDLE: as old as can be, so that the first consumer that looks takes them over
  restored = restored + #redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[6], 0, ARGV[i], 'IDLE', 2000000000, 'FORCE', 'JUSTID')
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
local stream = {}
local fields = redis.call('XINFO', 'STREAM', KEYS[1])
for f = 1, #fields, 2 do stream[fields[f]] = fields[f + 1] end
local first = stream['first-entry']
return {restored, stream['length'], stream['entries-added'], first and first[1] or ''}
