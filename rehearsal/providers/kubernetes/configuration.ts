import { UserError } from "../../../components/kit/errors.ts";
import { reveal, type Json, type Properties } from "../../host/values.ts";

/** The provider's settings, read from the inputs of `pulumi:providers:kubernetes`. */
export interface Configuration {
  /** Content or path. */
  readonly kubeconfig: string;
  readonly context?: string;
  readonly namespace: string;
  readonly upsertExistingObjects: boolean;
  readonly enablePatchForce: boolean;
}

/** Inputs of the real provider that change nothing here. */
const WITHOUT_EFFECT = new Set([
  "clusterIdentifier",
  "deleteUnreachable",
  "enableConfigMapMutable",
  "enableSecretMutable",
  "helmReleaseSettings",
  "kubeClientSettings",
  "skipUpdateUnreachable",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
  "version",
]);

/** Throws UserError for inputs that the rehearsal's provider does not have. */
export function readConfiguration(inputs: Properties): Configuration {
  const values = new Map(Object.entries(inputs).map(([name, value]) => [name, reveal(value)]));
  const take = (name: string): Json | undefined => {
    const value = values.get(name);
    values.delete(name);
    return value;
  };
  const text = (name: string): string | undefined => {
    const value = take(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  // The SDK sends everything that is not a string as JSON.
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = take(name) ?? otherwise;
    return value === true || value === "true";
  };

  const kubeconfig = text("kubeconfig");
  if (kubeconfig === undefined) {
    throw new UserError("the Kubernetes provider has no `kubeconfig`", {
      next: "give it one: the rehearsal never uses a kubeconfig that happens to be on this machine",
    });
  }
  const context = text("context");
  const configuration = {
    kubeconfig,
    ...(context !== undefined && { context }),
    namespace: text("namespace") ?? "default",
    upsertExistingObjects: flag("upsertExistingObjects", false),
    enablePatchForce: flag("enablePatchForce", false),
  };
  if (!flag("enableServerSideApply", true)) throw unsupported("enableServerSideApply: false");
  const unknown = [...values.keys()].find((name) => !WITHOUT_EFFECT.has(name));
  if (unknown !== undefined) throw unsupported(unknown);
  return configuration;
}

function unsupported(input: string): UserError {
  return new UserError(`the rehearsal's Kubernetes provider does not support the input ${input}`, {
    next: "leave it out, or use the real engine for this program",
  });
}
