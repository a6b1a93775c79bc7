// The worker of the bench `formats`: our codecs in WebAssembly, and their peers in JavaScript. Each message asks for one
// thing to be done once, and is answered with how long it took.

import { Packr } from "msgpackr";
import Papa from "papaparse";

import init, { Codec } from "./codecs.js";

/** Maps as plain objects, one by one, as other programs write them: not the records of msgpackr's own. */
const packr = new Packr({ useRecords: false });

/** Each reads a text or bytes, or writes what was read. */
const PEERS = {
  csv: {
    input: (bytes) => new TextDecoder().decode(bytes),
    decode: (text) => Papa.parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data,
    encode: (rows) => Papa.unparse(rows),
  },
  json: {
    input: (bytes) => new TextDecoder().decode(bytes),
    decode: (text) => JSON.parse(text),
    encode: (value) => JSON.stringify(value),
  },
  messagepack: {
    input: (bytes) => bytes,
    decode: (bytes) => packr.unpack(bytes),
    encode: (value) => packr.pack(value),
  },
};

const ready = init();
let codec;
let peer;

const ACTIONS = {
  /** Makes the records of a format, and checks that all sides have as many. */
  prepare({ format, bytes }) {
    codec?.free();
    codec = new Codec(format, bytes);
    codec.decode();
    if (!codec.is_right()) throw new Error(`${format} does not read what it wrote`);
    codec.forget();
    peer = undefined;
    if (PEERS[format]) {
      const input = PEERS[format].input(codec.bytes());
      const value = PEERS[format].decode(input);
      if (value.length !== codec.records()) throw new Error(`${format}: ${value.length} records in the peer`);
      peer = { ...PEERS[format], input, value };
    }
    return { bytes: codec.bytes().length, records: codec.records() };
  },
  /** Writes or reads once. */
  ours({ what }) {
    const begin = performance.now();
    codec[what]();
    const milliseconds = performance.now() - begin;
    codec.forget();
    return { milliseconds };
  },
  /** The same in JavaScript. */
  theirs({ what }) {
    const given = what === "decode" ? peer.input : peer.value;
    const begin = performance.now();
    const made = peer[what](given);
    const milliseconds = performance.now() - begin;
    if (!made.length) throw new Error("the peer made nothing");
    return { milliseconds };
  },
};

onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage(ACTIONS[data.do](data));
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
