#!lua flags=allow-oom
-- Give the next records to the process that holds the stories: those given before and not acknowledged, then new ones.
-- allow-oom, for what is read can be acknowledged, and then goes.
--
-- KEYS[1] holder (string)  KEYS[2] records (stream)
-- ARGV[1] token  ARGV[2] group  ARGV[3] its one consumer  ARGV[4] most records
-- ARGV[5] id after which what was given before is given again; '>' for new ones
-- Returns {'ok', {{id, fields or nothing where it was deleted}, ...}}; {'lost'} where another process holds them.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'lost'} end
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[3], 'COUNT', ARGV[4], 'STREAMS', KEYS[2], ARGV[5])
return {'ok', reply and reply[1] and reply[1][2] or {}}
