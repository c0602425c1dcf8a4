import { at, textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";
import type { ApiClient } from "./client.ts";
import { condition, isObject, objectsAt, type KubernetesObject } from "./objects.ts";

const MOST_PODS = 3;
/** Only says again that the object is not ready. */
const UNINFORMATIVE = /does not have minimum availability/;

/** Why an object may not be ready, one clause a cause, as far as its conditions, pods and events tell. Never throws. */
export async function diagnose(client: ApiClient, object: KubernetesObject): Promise<readonly string[]> {
  const pods = await podsOf(client, object).catch(() => []);
  const causes = [...conditionCauses(object), ...pods.filter(isUnready).slice(0, MOST_PODS).map(podCause)];
  return causes.length > 0 ? causes : await warnings(client, object).catch(() => []);
}

/** Conditions that say what is wrong: a failure that holds, or anything good that does not, with its message. */
export function conditionCauses(object: KubernetesObject): readonly string[] {
  return objectsAt(object, "status", "conditions").flatMap((entry) => {
    const [type, status, message] = [textAt(entry, "type") ?? "", textAt(entry, "status"), textAt(entry, "message")];
    const isBad = /Failure|Failed/.test(type) ? status === "True" : status === "False";
    return isBad && message && !UNINFORMATIVE.test(message) ? [`${type}=${status}: ${message}`] : [];
  });
}

/** What a pod waits for: the scheduler's message, else a container that does not start. */
export function podCause(pod: JsonObject): string {
  const name = textAt(pod, "metadata", "name") ?? "";
  const scheduled = condition(pod, "PodScheduled");
  if (textAt(scheduled, "status") === "False") {
    return `pod ${name} is not scheduled: ${textAt(scheduled, "message") ?? "no reason given"}`;
  }
  const containers = [
    ...objectsAt(pod, "status", "initContainerStatuses"),
    ...objectsAt(pod, "status", "containerStatuses"),
  ];
  for (const container of containers) {
    const state = at(container, "state", "waiting") ?? at(container, "state", "terminated");
    const reason = textAt(state, "reason");
    if (reason === undefined || reason === "Completed") continue;
    const message = textAt(state, "message");
    return `container ${textAt(container, "name")} of pod ${name}: ${reason}${message ? `: ${message}` : ""}`;
  }
  return `pod ${name} is ${textAt(pod, "status", "phase") ?? "Pending"} and not ready`;
}

function isUnready(pod: JsonObject): boolean {
  return textAt(condition(pod, "Ready"), "status") !== "True" && textAt(pod, "status", "phase") !== "Succeeded";
}

async function podsOf(client: ApiClient, object: KubernetesObject): Promise<readonly JsonObject[]> {
  const labels =
    object.kind === "Service" ? at(object, "spec", "selector") : at(object, "spec", "selector", "matchLabels");
  const namespace = textAt(object, "metadata", "namespace");
  if (!isObject(labels) || namespace === undefined) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : ""}`)
    .join(",");
  const { body } = await client.request(`/api/v1/namespaces/${namespace}/pods`, { query: { labelSelector } });
  return objectsAt(body, "items");
}

async function warnings(client: ApiClient, object: KubernetesObject): Promise<readonly string[]> {
  const namespace = textAt(object, "metadata", "namespace") ?? "default";
  const fieldSelector = `involvedObject.kind=${object.kind},involvedObject.name=${object.metadata.name},type=Warning`;
  const { body } = await client.request(`/api/v1/namespaces/${namespace}/events`, { query: { fieldSelector } });
  const last = objectsAt(body, "items").at(-1);
  return last === undefined ? [] : [`${textAt(last, "reason")}: ${textAt(last, "message")}`];
}
