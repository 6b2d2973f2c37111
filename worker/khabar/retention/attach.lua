#!lua flags=allow-oom
-- Attach a detached group at its earlier position: after the last record that it was given. Unacknowledged records become pending
-- again, if they still exist.
--
-- KEYS[1] records (stream)  KEYS[2] groups (hash)
-- ARGV[1] group  ARGV[2] its registry entry when it was read  ARGV[3] its new registry entry
-- ARGV[4] last delivered id  ARGV[5] number of records delivered since the stream began, '' if unknown
-- ARGV[6] consumer that gets the pending records  ARGV[7..] ids that were pending
-- Returns {records pending again, records ever added, unread records}; the last is -1 if none of them has been trimmed.
-- Returns {} if the registry entry has changed.
if (redis.call('HGET', KEYS[2], ARGV[1]) or '') ~= ARGV[2] then return {} end
local stream = {['entries-added'] = 0, length = 0}
if redis.call('EXISTS', KEYS[1]) == 1 then
  local fields = redis.call('XINFO', 'STREAM', KEYS[1])
  for f = 1, #fields, 2 do stream[fields[f]] = fields[f + 1] end
end
local read, unread = ARGV[5], -1
if #redis.call('XRANGE', KEYS[1], '-', ARGV[4], 'COUNT', 1) == 0 then
  -- trimming has passed the group, so all records that are left are unread
  read, unread = stream['entries-added'] - stream['length'], stream['length']
end
if read == '' then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[4], 'MKSTREAM')
else
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[4], 'MKSTREAM', 'ENTRIESREAD', read)
end
local restored = 0
for i = 7, #ARGV do
  -- FORCE makes an id pending that no consumer holds; it does nothing for an id that is gone.
  -- IDLE makes it as old as possible, so that the first consumer that looks takes it over
  restored = restored + #redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[6], 0, ARGV[i], 'IDLE', 2000000000, 'FORCE', 'JUSTID')
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return {restored, stream['entries-added'], unread}
