-- A dead letter goes back to the ledger, once, and what is remembered of its end is forgotten.
--
-- KEYS[1] dead (stream)  KEYS[2] ledger (stream)  KEYS[3] done, this generation (hash)  KEYS[4] the generation before (hash)
-- ARGV[1] id of the dead letter  ARGV[2] outcome id  ARGV[3] field of the article  ARGV[4] article; empty: only drop
-- Returns 1, or 0 where the letter is gone: somebody else requeued or dropped it.
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
  return 0
end
if ARGV[4] ~= '' then
  redis.call('XADD', KEYS[2], '*', ARGV[3], ARGV[4])
end
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
