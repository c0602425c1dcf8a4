import type { Finding } from "../evaluate.ts";
import type { KubernetesSubject, Subject } from "../resource.ts";
import type { Exemption } from "./schema.ts";

/** Whether an exemption is about what a finding is about, whatever the state of the exemption. */
export function covers({ policy, check, match }: Exemption, finding: Finding): boolean {
  if (finding.outcome === "failed" || policy !== finding.rule) return false;
  if (check !== undefined && check !== finding.check) return false;
  const { subject } = finding;
  const object = objectOf(subject);
  return (
    match.kind === (object?.kind ?? subject.resource.type) &&
    (match.apiVersion === undefined || match.apiVersion === object?.apiVersion) &&
    isLike(match.namespace, object?.namespace) &&
    isLike(match.name, object === undefined ? subject.resource.name : object.objectName) &&
    (match.component === undefined || componentsOf(subject.resource.urn).includes(match.component)) &&
    isLike(match.container, containerOf(subject))
  );
}

/** The object that a subject is or is a part of, undefined for resources that are none of Kubernetes. */
export function objectOf(subject: Subject): KubernetesSubject | undefined {
  if ("object" in subject) return subject.object as KubernetesSubject;
  return "objectName" in subject ? (subject as KubernetesSubject) : undefined;
}

/** The components around a resource, by the last part of their type tokens: `["Kubeflow", "Katib"]`. */
export function componentsOf(urn: string): string[] {
  const types = urn.split("::")[2] ?? "";
  return types
    .split("$")
    .slice(0, -1)
    .map((type) => type.split(":").at(-1) ?? "");
}

function containerOf(subject: Subject): string | undefined {
  return "containerName" in subject ? (subject.containerName as string) : undefined;
}

function isLike(pattern: string | undefined, value: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (value === undefined) return false;
  const expression = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${expression.join(".*")}$`).test(value);
}
