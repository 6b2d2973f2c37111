#!lua
-- Push one batch, all or nothing, and only once however often the client sends it.
--
-- KEYS[1] ledger   stream, one entry an article {article}
-- KEYS[2] dead     stream, one entry a rejection {event}
-- KEYS[3] sent     string, this batch's token: its presence means that this batch is in already
-- KEYS[4...]       for each rejection three hashes: outcomes of this generation, of the one before and of the one after
-- then   pushed    hash {items, digest}: how much of the source is in; absent for a batch without a source
--
-- ARGV[1] cap         entries the ledger may hold
-- ARGV[2] sent_s      seconds for which the token is kept
-- ARGV[3] articles    how many follow
-- ARGV[4] rejections  how many follow those
-- ARGV[5] items       of the source, this batch included
-- ARGV[6] digest      of the source
-- ARGV[7] pushed_s    seconds for which the progress is kept
-- ARGV[8] done_s      seconds for which a generation of outcomes is kept
-- ARGV[9...]          the articles, then for each rejection its outcome id (16 bytes) and its event
--
-- Answers 1: added. 2: was added before. 0: the ledger is full, nothing was added.

if redis.call('EXISTS', KEYS[3]) == 1 then
    -- A write, so that a producer that waits for replicas waits for this batch: replication keeps the order.
    redis.call('EXPIRE', KEYS[3], ARGV[2])
    return 2
end

local first, articles, rejections = 9, tonumber(ARGV[3]), tonumber(ARGV[4])
if articles > 0 and redis.call('XLEN', KEYS[1]) + articles > tonumber(ARGV[1]) then
    return 0
end

-- `#!lua` without flags: a broker without memory, or one that may not write, has refused before this.
redis.call('SET', KEYS[3], articles + rejections, 'EX', ARGV[2])
for i = first, first + articles - 1 do
    redis.call('XADD', KEYS[1], '*', 'article', ARGV[i])
end
for n = 0, rejections - 1 do
    local id, event = ARGV[first + articles + 2 * n], ARGV[first + articles + 2 * n + 1]
    local is_known = 0
    for k = 4 + 3 * n, 6 + 3 * n do
        is_known = is_known + redis.call('HEXISTS', KEYS[k], id)
    end
    -- A file that is pushed every hour has the same bad rows every hour: one dead letter each.
    if is_known == 0 then
        local entry = redis.call('XADD', KEYS[2], '*', 'event', event)
        redis.call('HSET', KEYS[4 + 3 * n], id, string.match(entry, '^%d+'))
        redis.call('EXPIRE', KEYS[4 + 3 * n], ARGV[8])
    end
end
local pushed = KEYS[4 + 3 * rejections]
if pushed then
    redis.call('HSET', pushed, 'items', ARGV[5], 'digest', ARGV[6])
    redis.call('EXPIRE', pushed, ARGV[7])
end
return 1
