#!lua flags=allow-oom
-- Create a ledger and its consumer group, which begins at the oldest entry. A script, for a broker out of memory refuses the
-- plain command, and only this group can empty a ledger that has filled it.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group
-- Returns 1 where the group is new.
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    for f = 1, #fields, 2 do
      if fields[f] == 'name' and fields[f + 1] == ARGV[1] then return 0 end
    end
  end
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
return 1
