#!lua flags=allow-oom
-- Also where the broker is out of memory: what is brought to its end makes room.
-- A dispatcher takes the entries whose pause is over. Should it die with them, their lease brings them back.
-- A member that names no entry of a lane here is passed over and stays: a later version may have written it.
--
-- KEYS[1] retry (sorted set)  KEYS[2..] ledgers, in the order of the lanes in ARGV[4..]
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3] at most so many  ARGV[4..] lanes
-- Returns {members passed over, lane, id, attempts so far, lane, id, attempts, ...}; -1 passed over: the key is no sorted set
local PAGE, PAGES = 100, 100 -- members looked at beyond those that are passed over

local function is_number(digits) -- of an entry id: 64 bits
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
  -- What was passed over is still the first of the set; what was taken is not in it any more.
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
