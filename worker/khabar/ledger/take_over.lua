#!lua flags=allow-oom
-- A dispatcher takes over entries whose lease has ended: their message was lost, or their worker is gone.
-- Entries that wait in the retry set are not lost and stay there. allow-oom: finishing entries makes room.
--
-- If the worker of an entry was lost twice while the entry ran, the entry is a suspect: it may kill its whole worker host. Only
-- one suspect runs at a time. Otherwise entries that ran beside it each time would end as dead letters with it.
--
-- KEYS[1] ledger (stream)  KEYS[2] retry (sorted set)  KEYS[3] suspect (string): the one that runs
-- KEYS[4] counters (hash)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] lease, ms  ARGV[4] most entries to take  ARGV[5] lane
-- ARGV[6] most entries to look at  ARGV[7] id to start from  ARGV[8] lifetime of the suspect's key, s
-- ARGV[9] first part of the names of two counters: `queued`, for entries whose message was lost or waits longer than the lease,
-- and `running`, for entries whose worker was lost
-- Returns {id to start from next time, id, attempts so far, id, attempts, ...}; the first is '-' if all entries were looked at.
local SUSPICIOUS = 2 -- attempts

-- Returns false after an error. Keys of another type have no meaning here, and must not prevent the take-over of lost entries.
local function known(reply)
  if type(reply) == 'table' and reply.err then return false end
  return reply
end

local function waits(id)
  return known(redis.pcall('ZSCORE', KEYS[2], ARGV[5] .. ' ' .. id))
end

local function is_number(digits) -- whether it fits into 64 bits, as a part of an entry id must
  return digits and (#digits < 20 or #digits == 20 and digits <= '18446744073709551615')
end

local function is_out(id)
  local ms, number = string.match(id or '', '^(%d+)%-(%d+)$')
  if not is_number(ms) or not is_number(number) then return false end
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  return pending and pending[3] < tonumber(ARGV[3]) and not waits(id)
end

local suspect_is_out = is_out(known(redis.pcall('GET', KEYS[3])))
local idle = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], ARGV[7], '+', ARGV[6])
local taken = { '-' }
local counts = { queued = 0, running = 0 }
if #idle == tonumber(ARGV[6]) then taken[1] = '(' .. idle[#idle][1] end
for _, pending in ipairs(idle) do
  if #taken > 2 * ARGV[4] then
    taken[1] = pending[1]
    break
  end
  local id, attempts = pending[1], pending[4] - 1
  local is_suspect = attempts >= SUSPICIOUS
  if not waits(id) and not (is_suspect and suspect_is_out) then
    if is_suspect then
      suspect_is_out = true
      redis.call('SET', KEYS[3], id, 'EX', ARGV[8])
    end
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id, 'JUSTID')
    local was = attempts > 0 and 'running' or 'queued'
    counts[was] = counts[was] + 1
    table.insert(taken, id)
    table.insert(taken, attempts)
  end
end
for was, count in pairs(counts) do
  if count > 0 then redis.pcall('HINCRBY', KEYS[4], ARGV[9] .. was, count) end
end
return taken
