-- Push one batch, all or nothing, and only once however often the client sends it.
--
-- KEYS[1] ledger   stream, one entry an article {article}
-- KEYS[2] dead     stream, one entry a rejection {event}
-- KEYS[3] sent     string, this batch's token: its presence means that this batch is in already
-- KEYS[4] pushed   hash {items, digest}: how much of the source is in; absent for a batch without a source
--
-- ARGV[1] cap        entries the ledger may hold
-- ARGV[2] sent_s     seconds for which the token is kept
-- ARGV[3] articles   how many follow
-- ARGV[4] items      of the source, this batch included
-- ARGV[5] digest     of the source
-- ARGV[6] pushed_s   seconds for which the progress is kept
-- ARGV[7...]         the articles, then the rejections' events
--
-- Answers 1: added. 2: was added before. 0: the ledger is full, nothing was added.

if redis.call('EXISTS', KEYS[3]) == 1 then
    return 2
end

local first = 7
local articles = tonumber(ARGV[3])
if articles > 0 and redis.call('XLEN', KEYS[1]) + articles > tonumber(ARGV[1]) then
    return 0
end

-- The first write decides: a broker without memory refuses it, and then nothing has been written.
redis.call('SET', KEYS[3], #ARGV - first + 1, 'EX', ARGV[2])
for i = first, first + articles - 1 do
    redis.call('XADD', KEYS[1], '*', 'article', ARGV[i])
end
for i = first + articles, #ARGV do
    redis.call('XADD', KEYS[2], '*', 'event', ARGV[i])
end
if KEYS[4] then
    redis.call('HSET', KEYS[4], 'items', ARGV[4], 'digest', ARGV[5])
    redis.call('EXPIRE', KEYS[4], ARGV[6])
end
return 1
