import { expect, it } from "vitest";
import { WEBHOOK_PORTS } from "../../../components/cluster/webhook-ports.ts";
import { at, type KubernetesObject, listAt, textAt } from "../../../components/kit/objects.ts";
import { type Inventory, inventoryOf } from "../../../components/kubeflow/order/inventory.ts";
import { webhooksOf } from "../../../components/kubeflow/order/webhooks.ts";
import { realRelease } from "../../kit/release.ts";

const CRD = "CustomResourceDefinition.apiextensions.k8s.io";

/** Services that the API server calls, each with the port that it calls. */
function calledServices(inventory: Inventory): [KubernetesObject, number][] {
  const conversions = inventory.ofKind(CRD).flatMap((definition): [KubernetesObject, number][] => {
    const client = at(definition, "spec", "conversion", "webhook", "clientConfig", "service");
    const service = inventory.find("Service", textAt(client, "namespace"), textAt(client, "name") ?? "");
    return service === undefined ? [] : [[service, Number(at(client, "port") ?? 443)]];
  });
  const admissions = webhooksOf(inventory).map(({ webhook, service }): [KubernetesObject, number] => [
    service,
    Number(at(webhook, "clientConfig", "service", "port") ?? 443),
  ]);
  return [...admissions, ...conversions];
}

/** Where the pods behind a Service listen that it calls by number or by the name of a container's port. */
function targetPorts(inventory: Inventory, service: KubernetesObject, port: number): number[] {
  const entry = listAt(service, "spec", "ports").find((candidate) => at(candidate, "port") === port);
  const target = at(entry, "targetPort") ?? port;
  if (typeof target === "number") return [target];
  return inventory
    .behind(service)
    .flatMap(({ podSpec }) => listAt(podSpec, "containers"))
    .flatMap((container) => listAt(container, "ports"))
    .filter((candidate) => at(candidate, "name") === target)
    .map((candidate) => Number(at(candidate, "containerPort")));
}

it("the ports that control planes may call are those of the release's webhooks", async () => {
  const inventory = inventoryOf((await realRelease()).map(({ object }) => object));
  const called = calledServices(inventory);
  const ports = called.map(([service, port]) => targetPorts(inventory, service, port));
  expect(called.length).toBeGreaterThan(20);
  expect(ports.filter(({ length }) => length === 0)).toEqual([]);
  expect([...new Set(ports.flat())].toSorted((a, b) => a - b)).toEqual([...WEBHOOK_PORTS]);
});
