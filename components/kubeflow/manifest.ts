import * as pulumi from "@pulumi/pulumi";
import { groupKind, groupOf, type KubernetesObject } from "../kit/objects.ts";

/**
 * A Kubernetes object registered under its own type token, `kubernetes:apps/v1:Deployment`, so that policies and
 * previews see what it is. What a Secret holds is a Pulumi secret from here on.
 */
export class Manifest extends pulumi.CustomResource {
  /** As the API server gave it when the object was ready; undefined for kinds other than Service. */
  declare readonly status: pulumi.Output<unknown> | undefined;

  constructor(object: KubernetesObject, opts: pulumi.CustomResourceOptions) {
    super(tokenOf(object), nameOf(object), inputsOf(object), {
      ...opts,
      ...(isSecret(object) ? { additionalSecretOutputs: SECRET_FIELDS } : {}),
    });
  }
}

const SECRET_FIELDS = ["data", "stringData"];

function tokenOf({ apiVersion, kind }: KubernetesObject): string {
  return `kubernetes:${groupOf(apiVersion) === "" ? `core/${apiVersion}` : apiVersion}:${kind}`;
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function isSecret(object: KubernetesObject): boolean {
  return groupKind(object) === "Secret";
}

function inputsOf(object: KubernetesObject): pulumi.Inputs {
  // A property that is to come back has to be named, with or without a value.
  if (groupKind(object) === "Service") return { ...object, status: undefined };
  if (!isSecret(object)) return { ...object };
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, SECRET_FIELDS.includes(key) ? pulumi.secret(value) : value]),
  );
}
