// node official.mjs FOLDER: the documents of FOLDER in @asyncapi/parser and ajv; one JSON object on standard output.
import { readFileSync } from "node:fs";
import { Parser, fromFile } from "@asyncapi/parser";
import Ajv from "ajv/dist/2020.js";

const [folder, events] = process.argv.slice(2);
const { document, diagnostics } = await fromFile(new Parser(), `${folder}/asyncapi.json`).parse();
const ajv = new Ajv({ strict: true, validateFormats: false });
const names = ["article", "record", "rejection", "story", "event"];
for (const name of names) ajv.addSchema(JSON.parse(readFileSync(`${folder}/${name}.schema.json`, "utf8")));
const compiled = names.filter((name) => ajv.getSchema(`${name}.schema.json`));
const event = ajv.getSchema("event.schema.json");
const invalid = readFileSync(events, "utf8").trim().split("\n").map(JSON.parse).filter((each) => !event(each)).length;
console.log(
  JSON.stringify({
    asyncapi: {
      channels: document?.channels().all().map((channel) => channel.address()),
      errors: diagnostics.filter(({ severity }) => severity < 2).map(({ message }) => message),
      messages: document?.messages().all().map((message) => message.name()),
    },
    ajv: { compiled, invalid },
  }),
);
