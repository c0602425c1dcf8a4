import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { readAccess } from "../control-plane/kubeconfig.ts";
import { simulatedProviders } from "../providers/index.ts";
import { serve } from "../providers/served.ts";
import type { NodeFaults } from "../providers/simulated/control-plane.ts";

/** Commands by which kubeconfigs of the clouds get their credentials. */
const SIGN_IN_COMMANDS = ["aws", "doctl", "gke-gcloud-auth-plugin"] as const;

/** Simulated clouds that the real engine uses in place of their plugins. */
export interface AttachedClouds {
  /** For the engine's environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Serves the simulated clouds to the real engine, and puts before the PATH what signs in to their clusters: commands of
 * the clouds' names that answer with the credentials of the control plane. They lie in `directory`, for its user alone.
 */
export async function attachClouds(
  directory: string,
  kubeconfig: string,
  faults: NodeFaults | undefined,
): Promise<AttachedClouds> {
  const providers = [...simulatedProviders(kubeconfig, faults)];
  const served = await Promise.all(providers.map(async ([name, create]) => ({ name, ...(await serve(create())) })));
  const commands = await writeCommands(path.join(directory, "bin"), kubeconfig);
  return {
    environment: {
      PULUMI_DEBUG_PROVIDERS: served.map(({ name, port }) => `${name}:${port}`).join(","),
      PATH: [commands, process.env["PATH"]].join(path.delimiter),
    },
    close: async () => {
      await Promise.all(served.map(({ close }) => close()));
    },
  };
}

async function writeCommands(folder: string, kubeconfig: string): Promise<string> {
  const { certificate, key } = await readAccess(kubeconfig);
  const credential = JSON.stringify({
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { clientCertificateData: certificate, clientKeyData: key },
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, "credential.json"), credential, { mode: 0o600 });
  for (const command of SIGN_IN_COMMANDS) {
    const file = path.join(folder, command);
    await writeFile(file, '#!/bin/sh\nexec cat "$(dirname "$0")/credential.json"\n');
    await chmod(file, 0o700);
  }
  return folder;
}
