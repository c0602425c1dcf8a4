// A process of its own: installs the stack of the environment `dev` on a control plane, as a rehearsal does.
// Arguments: the control plane's directory and its kubeconfig, and a stack file to lay over that of the environment.
import path from "node:path";
import { PROJECT } from "../../components/settings/parse.ts";
import { fileState, run } from "../../rehearsal/host/index.ts";
import { KubernetesProvider } from "../../rehearsal/providers/kubernetes/index.ts";
import { configFor, PROGRAM, readStack } from "../../rehearsal/stack.ts";

const [directory = "", kubeconfig = "", configFile] = process.argv.slice(2);
const stack = await readStack({ environment: "dev", ...(configFile !== undefined && { configFile }) });
const { ok, failures } = await run({
  program: PROGRAM,
  project: PROJECT,
  stack: stack.settings.environment,
  config: await configFor(stack, { directory, kubeconfig }),
  providers: new Map([["kubernetes", () => new KubernetesProvider()]]),
  state: fileState(path.join(directory, "state")),
});
for (const { urn, message } of failures) console.error(`${urn}: ${message}`);
process.exit(ok ? 0 : 1);
