#!lua flags=allow-oom
-- A dispatcher takes the entries whose pause is over. If it dies with them, others take them over when their lease has ended.
-- A member that does not name an entry of a lane here is skipped and stays, because a later version may have written it.
-- allow-oom: finishing entries makes room.
--
-- KEYS[1] retry (sorted set)  KEYS[2..] ledgers, in the order of the lanes in ARGV[4..]
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] most entries to take  ARGV[4..] lanes
-- Returns {members skipped, lane, id, attempts so far, lane, id, attempts, ...}; -1 skipped: the key is not a sorted set
local PAGE, PAGES = 100, 100 -- members to look at, besides those that are skipped

local function is_number(digits) -- whether it fits into 64 bits, as a part of an entry id must
  return digits and (#digits < 20 or #digits == 20 and digits <= '18446744073709551615')
end

local ledgers = {}
for i = 4, #ARGV do ledgers[ARGV[i]] = KEYS[i - 2] end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local room, passed, taken = tonumber(ARGV[3]), 0, { 0 }

local function take(member)
  local lane, ms, number = string.match(member, '^(%S+) (%d+)%-(%d+)$')
  if not lane or not ledgers[lane] or not is_number(ms) or not is_number(number) then
    passed = passed + 1
    return
  end
  local ledger, id = ledgers[lane], ms .. '-' .. number
  local pending = redis.call('XPENDING', ledger, ARGV[1], id, id, 1)[1]
  if pending then
    redis.call('XCLAIM', ledger, ARGV[1], ARGV[2], 0, id, 'JUSTID')
    table.insert(taken, lane)
    table.insert(taken, id)
    table.insert(taken, pending[4] - 1)
  end
  redis.call('ZREM', KEYS[1], member)
  room = room - 1
end

for _ = 1, PAGES do
  -- Skipped members are still at the beginning of the set; taken members are no longer in it.
  local due = redis.pcall('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', passed, math.min(room, PAGE))
  if due.err then
    if not string.find(due.err, 'WRONGTYPE') then return due end
    return { -1 }
  end
  for _, member in ipairs(due) do take(member) end
  if #due == 0 or room <= 0 then break end
end
taken[1] = passed
return taken
