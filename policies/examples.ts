import { dump, loadAll } from "js-yaml";
import type { Resource } from "./resource.ts";
import { viewOf } from "./view.ts";

/** What the YAML of an example describes; see rule.ts for its form. */
export interface Example {
  readonly resources: readonly Resource[];
  /** A file of exemptions as text. */
  readonly exemptions: string;
}

export function readExample(yaml: string): Example {
  const documents = loadAll(yaml).filter((document) => typeof document === "object" && document !== null);
  const files = documents.filter((document) => "exemptions" in document);
  return {
    resources: documents.filter((document) => !("exemptions" in document)).map(resourceOf),
    exemptions: files.map((file) => dump(file)).join(""),
  };
}

function resourceOf(document: object, index: number): Resource {
  const { type, name, properties, options, ...manifest } = document as Readonly<Record<string, unknown>>;
  if (typeof type !== "string" || "kind" in manifest) return kubernetesResource(document, index);
  const resourceName = typeof name === "string" ? name : `example-${index}`;
  return viewOf({
    ...{ type, name: resourceName, urn: urnOf(type, resourceName) },
    properties: (properties ?? {}) as Record<string, unknown>,
    options: options ?? {},
  });
}

function kubernetesResource(manifest: object, index: number): Resource {
  const { apiVersion, kind, metadata } = manifest as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata?: { readonly name?: string };
  };
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const name = metadata?.name ?? `example-${index}`;
  return viewOf({ type, name, urn: urnOf(type, name), properties: { ...manifest } });
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:example::kubeflow::${type}::${name}`;
}
