// A process of its own: runs the program of many resources under the rehearsal host with a provider that does nothing.
// Arguments: how many resources, and a directory for the state.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fileState, run } from "../../rehearsal/host/index.ts";
import { idleProvider } from "../../test/kit/program.ts";

const [count = "", directory = ""] = process.argv.slice(2);
const { ok, failures } = await run({
  program: fileURLToPath(new URL("many-resources", import.meta.url)),
  project: "bench",
  stack: "bench",
  config: new Map([["bench:resources", { value: count, secret: false }]]),
  providers: new Map([["idle", idleProvider]]),
  state: fileState(path.join(directory, "state")),
});
for (const { urn, message } of failures) console.error(`${urn}: ${message}`);
process.exit(ok ? 0 : 1);
