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
-- ARGV[8] generation_s  length of a generation of outcomes, seconds; one is kept for two
-- ARGV[9] generation  the one that KEYS[4...] are of
-- ARGV[10] share      of maxmemory at which the broker is full
-- ARGV[11...]         the articles, then for each rejection its outcome id (16 bytes) and its event, then the trace context of
--                     each article ('' for none) where any has one
--
-- Answers {1, evicts}: added; evicts is 1 where the broker's maxmemory-policy is not noeviction. {2}: was added before. Nothing was added: {0}: the ledger is full. {-1, used, maxmemory}: the broker's
-- memory is. {-2, generation}: KEYS[4...] are of another generation than it is by the broker's clock.

if redis.call('EXISTS', KEYS[3]) == 1 then
    -- A write, so that a producer that waits for replicas waits for this batch: replication keeps the order.
    redis.call('EXPIRE', KEYS[3], ARGV[2])
    return {2}
end

local first, articles, rejections = 11, tonumber(ARGV[3]), tonumber(ARGV[4])
if rejections > 0 then
    local time = redis.pcall('TIME') -- pcall: users of an ACL file of 0.4 may not ask, and keep what they had
    local generation = time[1] and math.floor(time[1] / ARGV[8])
    if generation and generation ~= tonumber(ARGV[9]) then return {-2, generation} end
end
if articles > 0 and redis.call('XLEN', KEYS[1]) + articles > tonumber(ARGV[1]) then
    return {0}
end
-- Well below its limit: what is in the ledger needs memory until it has become records and these are read. Where INFO is
-- forbidden, only the broker's own limit holds.
local memory, evicts = redis.pcall('INFO', 'memory'), 0
if type(memory) == 'string' then
    local used, most = string.match(memory, 'used_memory:(%d+)'), string.match(memory, 'maxmemory:(%d+)')
    if used and most and tonumber(most) > 0 and tonumber(used) >= ARGV[10] * most then
        return {-1, tonumber(used), tonumber(most)}
    end
    local policy = string.match(memory, 'maxmemory_policy:([%w-]+)')
    if policy and policy ~= 'noeviction' then evicts = 1 end
end

-- Look at every key before the first write: one of another type raises here, and nothing is half written.
local pushed = KEYS[4 + 3 * rejections]
if pushed then redis.call('HMGET', pushed, 'items') end
local is_known = {}
if rejections > 0 then
    local dead = redis.pcall('XLEN', KEYS[2])
    if type(dead) == 'table' and string.match(dead.err, '^WRONGTYPE') then return dead end
    for n = 0, rejections - 1 do
        for k = 4 + 3 * n, 6 + 3 * n do
            if redis.call('HEXISTS', KEYS[k], ARGV[first + articles + 2 * n]) == 1 then is_known[n] = true end
        end
    end
end

-- `#!lua` without flags: a broker without memory, or one that may not write, has refused before this.
-- Any of these may still raise: a ledger that somebody has ended with the highest id takes no entry. So each state in between
-- must be harmless when the batch is sent again: rejections are remembered one by one, articles twice are one outcome, and
-- the token comes last, when all is in.
for n = 0, rejections - 1 do
    local id, event = ARGV[first + articles + 2 * n], ARGV[first + articles + 2 * n + 1]
    local here = KEYS[4 + 3 * n]
    -- A file that is pushed every hour has the same bad rows every hour: one dead letter each; and within one batch too.
    if not is_known[n] and redis.call('HEXISTS', here, id) == 0 then
        local entry = redis.call('XADD', KEYS[2], '*', 'event', event)
        redis.call('HSET', here, id, string.match(entry, '^%d+'))
        redis.call('EXPIRE', here, 2 * ARGV[8])
    end
end
local parents = articles + 2 * rejections
for i = first, first + articles - 1 do
    local parent = ARGV[i + parents] or ''
    if parent == '' then
        redis.call('XADD', KEYS[1], '*', 'article', ARGV[i])
    else
        redis.call('XADD', KEYS[1], '*', 'article', ARGV[i], 'traceparent', parent)
    end
end
if pushed then
    redis.call('HSET', pushed, 'items', ARGV[5], 'digest', ARGV[6])
    redis.call('EXPIRE', pushed, ARGV[7])
end
redis.call('SET', KEYS[3], articles + rejections, 'EX', ARGV[2])
return {1, evicts}
