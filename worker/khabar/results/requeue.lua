#!lua flags=allow-oom
-- A dead letter goes back to the ledger, once, and what is remembered of its end is forgotten.
--
-- Also where the broker is out of memory: dropping makes room, requeueing moves.
--
-- KEYS[1] dead (stream)  KEYS[2] ledger (stream)  KEYS[3..5] done: this generation, the ones before and after (hashes)
-- ARGV[1] id of the dead letter  ARGV[2] outcome id, 16 bytes  ARGV[3] field of the article  ARGV[4] article; empty: only drop
-- ARGV[5] length of a generation, s  ARGV[6] the generation that the keys are of
-- Returns {1}, or {0} where the letter is gone: somebody else requeued or dropped it. {-2, generation}: nothing was done, for the
-- keys are of another generation than it is by the broker's clock; the requeued article would be taken for a duplicate.
local generation = math.floor(redis.call('TIME')[1] / ARGV[5])
if generation ~= tonumber(ARGV[6]) then return {-2, generation} end
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
  return {0}
end
if ARGV[4] ~= '' then
  redis.call('XADD', KEYS[2], '*', ARGV[3], ARGV[4])
end
for k = 3, 5 do
  redis.call('HDEL', KEYS[k], ARGV[2])
end
redis.call('XDEL', KEYS[1], ARGV[1])
return {1}
