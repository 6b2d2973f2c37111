#!lua flags=allow-oom
-- Forget notes about ledger entries that are gone, because nothing will ever settle them. A note that does not name an entry of a
-- lane here stays, because a later version may have written it.
--
-- KEYS[1] failures (hash)  KEYS[2] retry (sorted set)  KEYS[3..] ledgers, in the order of the lanes in ARGV
-- ARGV[1] '1': change nothing  ARGV[2] number of lanes  ARGV[3..] lanes, then members "lane id"
-- Returns the members whose entry is gone.
local lanes = tonumber(ARGV[2])
local ledgers, gone = {}, {}
for i = 1, lanes do ledgers[ARGV[2 + i]] = KEYS[2 + i] end
for i = 3 + lanes, #ARGV do
  local lane, id = string.match(ARGV[i], '^(%S+) (%d+-%d+)$')
  local found = lane and ledgers[lane] and redis.pcall('XRANGE', ledgers[lane], id, id)
  if found and not found.err and #found == 0 then
    if ARGV[1] ~= '1' then
      redis.call('HDEL', KEYS[1], ARGV[i])
      redis.call('ZREM', KEYS[2], ARGV[i])
    end
    table.insert(gone, ARGV[i])
  end
end
return gone
