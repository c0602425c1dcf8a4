#!/usr/bin/env node
// The mirror's command line, from wherever it is called.
process.argv.splice(2, 0, "components/mirror/cli.ts");
await import("./run.mjs");
