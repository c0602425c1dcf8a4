import { type KubernetesObject, objectId } from "../../kit/objects.ts";
import { entrance181 as release } from "../releases/1.8.1/entrance.ts";

/** Stays when the administrator changes: a profile's name is its namespace, with everything that is in it. */
const FIRST_PROFILE = "kubeflow-admin";

/** The first profile, owned by the administrator; undefined for what only helped to render the shipped one. */
export function ownedByAdmin(object: KubernetesObject, admin: string): KubernetesObject | undefined {
  if (objectId(object) === release.firstProfileValues) return undefined;
  if (objectId(object) !== release.firstProfile) return object;
  return {
    ...object,
    metadata: { ...object.metadata, name: FIRST_PROFILE },
    spec: { ...(object["spec"] as object), owner: { kind: "User", name: admin } },
  };
}
