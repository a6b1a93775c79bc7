// The index of the search over all lessons: documents as JSON on standard input, the index as JSON on standard output.
//
// The page reads the index with the same options, which therefore travel with it.

import { text } from "node:stream/consumers";

import MiniSearch from "minisearch";

const options = {
  fields: ["title", "headings", "summary", "words"],
  storeFields: ["title", "course", "summary", "words"],
};
const index = new MiniSearch(options);
index.addAll(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify({ options, index }));
