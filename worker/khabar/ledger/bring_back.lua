#!lua flags=allow-oom
-- Bring back stranded entries (find_stranded.lua): they become pending, as if this dispatcher had read them long ago, so the next
-- take-over sends them. If such an entry was processed before, its outcome is still published only once.
--
-- KEYS[1] ledger (stream)
-- ARGV[1] group  ARGV[2] this dispatcher  ARGV[3..] entry ids
-- Returns how many were brought back; others were brought back by another dispatcher meanwhile, or deleted.
local back = 0
for n = 3, #ARGV do
  local id = ARGV[n]
  if #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) == 0 and #redis.call('XRANGE', KEYS[1], id, id) == 1 then
    -- FORCE makes it pending. JUSTID counts no attempt, so it counts as read once, like any entry. IDLE makes it due at once.
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'IDLE', 2000000000, 'FORCE', 'JUSTID')
    back = back + 1
  end
end
return back
