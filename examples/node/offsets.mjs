// khabar counts offsets in Unicode code points. Strings of JavaScript, Java and C# count UTF-16 units, in which an emoji is two.

/** Returns a function (start, end) => the claim, for one record's text. Each call is one slice, however long the text. */
export function claimsOf(text) {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (start, end) => text.slice(start, end); // the two counts are equal
  const units = [];
  let unit = 0;
  for (const point of text) {
    units.push(unit);
    unit += point.length;
  }
  units.push(unit);
  return (start, end) => text.slice(units[start], units[end]);
}
