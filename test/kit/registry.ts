import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RegistrySetup, type RunningRegistry, serveRegistry } from "../../rehearsal/air-gap/registry.ts";
import { obtain } from "../../toolchain/index.ts";

export { freePort, type RegistrySetup, type RunningRegistry } from "../../rehearsal/air-gap/registry.ts";

/** Starts a registry in a folder of its own. `program` is a path, @default distribution, of the toolchain */
export async function startRegistry({
  program,
  ...setup
}: RegistrySetup & { readonly program?: string } = {}): Promise<RunningRegistry> {
  const registry = program ?? (await obtain(["registry"])).registry;
  return serveRegistry(registry, await mkdtemp(path.join(tmpdir(), "registry-")), setup);
}
