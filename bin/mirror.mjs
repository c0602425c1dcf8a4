#!/usr/bin/env node
// The mirror's command line, from wherever it is called. Buffers that pass through are collected while they are young and
// by the thread that made them: otherwise the collection of what is left costs as much as the transfer.
const OPTIONS = ["--max-semi-space-size=1", "--single-threaded-gc", "--expose-gc"];
process.argv.splice(2, 0, ...OPTIONS, "components/mirror/cli.ts");
await import("./run.mjs");
