import { readFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";

/** A kubeconfig by its text or path, and a context of it; what is left out is what kubectl would use. */
export interface ConfigChoice {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** Reads what a choice means. Throws Error where the file cannot be read or is none. */
export async function configOf({ kubeconfig, context }: ConfigChoice): Promise<KubeConfig> {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromString(isContent(kubeconfig) ? kubeconfig : await readFile(kubeconfig, "utf8"));
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

function isContent(kubeconfig: string): boolean {
  return kubeconfig.includes("\n") || kubeconfig.startsWith("{");
}
