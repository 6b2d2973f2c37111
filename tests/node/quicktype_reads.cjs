// node quicktype_reads.cjs MODULE EVENTS: reads each event by what quicktype made of its schema; prints their types.
const { readFileSync } = require("node:fs");

const [types, events] = process.argv.slice(2);
const { toEvent } = require(types);
const read = readFileSync(events, "utf8").trim().split("\n").map(toEvent);
console.log(JSON.stringify(read.map((event) => event.type)));
