import type { Step } from "./reading.ts";

/** A resource of the program as rules see it: a plain tree in which `UNKNOWN` marks what only the update will tell. */
export interface Resource {
  /** Type token: `aws:eks/cluster:Cluster`, `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly options: ResourceOptions;
  /** The Kubernetes objects in it: one, the items of a list, or none. */
  readonly objects: readonly KubernetesSubject[];
}

export interface ResourceOptions {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly parent?: string;
}

/** What a check looks at: a resource or a part of one. Readers take `value`; paths of findings are relative to it. */
export interface Subject {
  readonly resource: Resource;
  readonly value: unknown;
  /** Where `value` stands in the properties of the resource; empty for the whole. */
  readonly path: readonly Step[];
  /** For messages: `Deployment kubeflow/mysql`, `container main of Notebook alice/test`. */
  readonly name: string;
}

/** A Kubernetes object, whether typed, custom, patched or an item of a list. Its kind never says `Patch` or `List`. */
export interface KubernetesSubject extends Subject {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  /** `""` where it is generated or unknown. */
  readonly objectName: string;
  readonly namespace: string | undefined;
  /** Whether it changes fields of an object that somebody else owns (`DeploymentPatch`). */
  readonly isPatch: boolean;
}

/** All resources of a stack, for rules that relate several. */
export interface Stack {
  readonly resources: readonly Resource[];
  readonly objects: readonly KubernetesSubject[];
  /** Objects of a kind, of any version; `group` narrows (`""` is the core group). */
  objectsOf(kind: string, group?: string): readonly KubernetesSubject[];
  resourcesOf(type: string): readonly Resource[];
}
