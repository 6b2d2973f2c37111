#!lua flags=allow-oom
-- Create a ledger and its consumer group, which begins at the oldest entry. It is a script because a broker out of memory refuses
-- the plain command, and only this group can empty a ledger that has filled the memory.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group
-- Returns 1 if the group is new, otherwise 0.
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    for f = 1, #fields, 2 do
      if fields[f] == 'name' and fields[f + 1] == ARGV[1] then return 0 end
    end
  end
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
return 1
