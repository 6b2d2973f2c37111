#!lua flags=allow-oom
-- Move a dead letter back to the ledger, once, and forget its outcome.
--
-- allow-oom: dropping a letter makes room, and requeueing only moves it.
--
-- KEYS[1] dead (stream)  KEYS[2] ledger (stream)  KEYS[3..5] done: this generation, the ones before and after (hashes)
-- ARGV[1] id of the dead letter  ARGV[2] outcome id, 16 bytes  ARGV[3] field of the article  ARGV[4] article; empty: only drop
-- ARGV[5] length of a generation, s  ARGV[6] number of the generation to which the keys belong
-- Returns {1}, or {0} if the letter is gone, because it was requeued or dropped by another command. {-2, generation}: nothing was
-- done, because by the broker's clock it is another generation, and the requeued article would be taken for a duplicate.
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
