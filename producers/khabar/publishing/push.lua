#!lua
-- Push one batch, all or nothing, and only once, even if the client sends it several times.
--
-- KEYS[1] ledger   stream, one entry for each article {article}
-- KEYS[2] dead     stream, one entry for each rejection {event}
-- KEYS[3] sent     string, this batch's token: if it exists, this batch was added before
-- KEYS[4...]       for each rejection three hashes: outcomes of this generation, of the one before and of the one after
-- then   pushed    hash {items, digest}: how much of the source was pushed; absent for a batch without a source
--
-- ARGV[1] cap         entries the ledger may hold
-- ARGV[2] sent_s      seconds for which the token is kept
-- ARGV[3] articles    number of articles that follow
-- ARGV[4] rejections  number of rejections that follow the articles
-- ARGV[5] items       number of items of the source up to the end of this batch
-- ARGV[6] digest      digest of the source
-- ARGV[7] pushed_s    seconds for which the progress is kept
-- ARGV[8] generation_s  length of a generation of outcomes, seconds; a generation is kept for twice as long
-- ARGV[9] generation  number of the generation to which KEYS[4...] belong
-- ARGV[10] share      share of maxmemory at which the broker counts as full
-- ARGV[11...]         the articles, then for each rejection its outcome id (16 bytes) and its event, then, if any article has a
--                     trace context, that of each article ('' for none)
--
-- Returns {1, evicts}: added; evicts is 1 if the broker's maxmemory-policy is not noeviction. {2}: was added before.
-- If nothing was added: {0}: the ledger is full. {-1, used, maxmemory}: the broker's memory is full. {-2, generation}: by the
-- broker's clock, it is another generation than that of KEYS[4...].

if redis.call('EXISTS', KEYS[3]) == 1 then
    -- This is a write, so a producer that waits for replicas also waits for this batch, because replication keeps the order.
    redis.call('EXPIRE', KEYS[3], ARGV[2])
    return {2}
end

local first, articles, rejections = 11, tonumber(ARGV[3]), tonumber(ARGV[4])
if rejections > 0 then
    local time = redis.pcall('TIME') -- pcall: users of an ACL file of 0.4 may not call TIME; for them the check is left out
    local generation = time[1] and math.floor(time[1] / ARGV[8])
    if generation and generation ~= tonumber(ARGV[9]) then return {-2, generation} end
end
if articles > 0 and redis.call('XLEN', KEYS[1]) + articles > tonumber(ARGV[1]) then
    return {0}
end
-- The share is well below the limit, because articles in the ledger need memory until they have become records and these are
-- read. If INFO is forbidden, only the broker's own limit applies.
local memory, evicts = redis.pcall('INFO', 'memory'), 0
if type(memory) == 'string' then
    local used, most = string.match(memory, 'used_memory:(%d+)'), string.match(memory, 'maxmemory:(%d+)')
    if used and most and tonumber(most) > 0 and tonumber(used) >= ARGV[10] * most then
        return {-1, tonumber(used), tonumber(most)}
    end
    local policy = string.match(memory, 'maxmemory_policy:([%w-]+)')
    if policy and policy ~= 'noeviction' then evicts = 1 end
end

-- Look at every key before the first write: a key of a wrong type raises here, before anything is written.
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

-- `#!lua` without flags: a broker that is out of memory or read-only has refused the script before its first line.
-- The writes may still raise: for example, a ledger takes no entry if somebody has added one with the highest possible id. So the
-- batch may be sent again after any of these steps: rejections are remembered one by one, an article added twice has one
-- outcome, and the token is set last, after everything is added.
for n = 0, rejections - 1 do
    local id, event = ARGV[first + articles + 2 * n], ARGV[first + articles + 2 * n + 1]
    local here = KEYS[4 + 3 * n]
    -- A file that is pushed every hour has the same bad rows each time; each row becomes one dead letter, also within one batch.
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
