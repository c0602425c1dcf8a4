import type { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import type { Role } from "../../../../components/tenancy/settings.ts";
import { refusalOf } from "../impersonation.ts";

/** Where somebody tries something. */
export interface Scene {
  /** The API server as they see it. */
  readonly config: KubeConfig;
  /** A profile that they work in. */
  readonly own: string;
  /** One that they do not. */
  readonly other: string;
}

export interface Threat {
  /** As docs/tenancy.md lists it. */
  readonly what: string;
  /** What refuses it, as docs/tenancy.md names it: words of the API server's answer. */
  readonly refusedBy: Readonly<Partial<Record<Role, RegExp>>> & { readonly default: RegExp };
  readonly attempt: (scene: Scene) => Promise<string | undefined>;
}

/** The API server's answer to those whom no role allows it. */
export const RBAC = /is forbidden: User ".*" cannot|cannot be impersonated/;

/** Creates an object in the profile that somebody works in. */
export const creating = (object: (own: string) => KubernetesObject) => (scene: Scene) =>
  refusalOf(scene.config, object(scene.own));

/** Refused to editors by a guard, and to viewers because they start no pods. */
export const guarded = (guard: string) => ({ default: new RegExp(`'kubeflow-${guard}'`), view: RBAC });
