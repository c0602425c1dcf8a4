import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RegistrySetup, type RunningRegistry, serveRegistry } from "../../rehearsal/air-gap/registry.ts";
import { obtain } from "../../toolchain/index.ts";

export { freePort, type RegistrySetup, type RunningRegistry } from "../../rehearsal/air-gap/registry.ts";

/** Starts a registry in a folder of its own. */
export async function startRegistry(setup: RegistrySetup = {}): Promise<RunningRegistry> {
  const { registry } = await obtain(["registry"]);
  return serveRegistry(registry, await mkdtemp(path.join(tmpdir(), "registry-")), setup);
}
