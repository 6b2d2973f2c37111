#!lua flags=allow-oom
-- Bring back stranded entries (find_stranded.lua): they become pending as if read by this dispatcher a long time ago, so that the
-- next take-over sends them; what ran before them is published once all the same.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3..] entry ids
-- Returns how many were brought back: another dispatcher may have done it in between, or somebody may have deleted them.
local back = 0
for n = 3, #ARGV do
  local id = ARGV[n]
  if #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) == 0 and #redis.call('XRANGE', KEYS[1], id, id) == 1 then
    -- FORCE makes it pending; JUSTID counts no attempt: it counts as read once, like any other. IDLE: at once due.
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'IDLE', 2000000000, 'FORCE', 'JUSTID')
    back = back + 1
  end
end
return back
