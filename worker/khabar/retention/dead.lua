#!lua flags=allow-oom
-- Drop the oldest dead letters: those beyond a number, and those beyond an age. The drops are added to a counter. Their outcomes
-- stay remembered, so the same article pushed again counts as known.
--
-- KEYS[1] dead (stream)  KEYS[2] counters (hash)
-- ARGV[1] most letters to keep  ARGV[2] greatest age to keep, s; 0 for any age  ARGV[3] '1': change nothing
-- ARGV[4] field of the counter
-- Returns {number of letters before, number dropped, or that would be dropped}.
local letters = redis.call('XLEN', KEYS[1])
local many = math.max(letters - ARGV[1], 0)
local too_old
if tonumber(ARGV[2]) > 0 then
  local time = redis.call('TIME') -- the broker's time, because the broker made the ids
  too_old = string.format('%.0f', math.max(time[1] - ARGV[2], 0) * 1000)
end
local dropped = 0
if ARGV[3] == '1' then
  -- A dry run counts page by page up to the younger of the two limits, without sending a letter to the client.
  local from = '-'
  while letters > 0 do
    local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 100)
    local last
    for _, entry in ipairs(page) do
      local is_old = too_old and tonumber((string.match(entry[1], '^%d+'))) < tonumber(too_old)
      if dropped >= many and not is_old then break end
      dropped, last = dropped + 1, entry[1]
    end
    if last == nil or last ~= page[#page][1] then break end
    from = '(' .. last
  end
  return { letters, dropped }
end
if many > 0 then dropped = redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1]) end
if too_old then dropped = dropped + redis.call('XTRIM', KEYS[1], 'MINID', too_old) end
if dropped > 0 then redis.call('HINCRBY', KEYS[2], ARGV[4], dropped) end
return { letters, dropped }
