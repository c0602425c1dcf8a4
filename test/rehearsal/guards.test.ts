import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, objectId } from "../../components/kit/objects.ts";
import { guardsFor } from "../../components/tenancy/guards/index.ts";
import { admissionPolicy } from "../../components/tenancy/guards/policy.ts";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { COMPONENTS, type ControlPlane, start } from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { plannedRelease } from "../kit/release.ts";
import {
  GUARD_OPTIONS,
  type GuardCase,
  guardCases,
  NAMESPACE_LABELS,
  requestOf,
} from "../kit/tenancy/guard-cases/index.ts";
import { configAs, refusalOf } from "../kit/tenancy/impersonation.ts";

const DEFINITIONS = ["profiles.kubeflow.org", "inferenceservices.serving.kserve.io"];
const guards = guardsFor(GUARD_OPTIONS);
const policies = guards.flatMap((guard) => admissionPolicy(guard, "deny"));

const before = process.env["XDG_STATE_HOME"];
let home: string;
let controlPlane: ControlPlane;
let client: Client;

/** A control plane with nothing but the guards and what they are asked about. */
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "guards-"));
  process.env["XDG_STATE_HOME"] = home;
  controlPlane = await start({ name: "guards", binaries: await obtain([...COMPONENTS]) });
  client = await Client.open(controlPlane.kubeconfig);
  const planned = (await plannedRelease()).waves.flat();
  for (const name of DEFINITIONS) {
    const id = `CustomResourceDefinition.apiextensions.k8s.io ${name}`;
    const definition = planned.find((object) => objectId(object) === id);
    await client.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
    const served = `/apis/${name.replace(/^[a-z]+[.]/, "")}/${name.startsWith("profiles") ? "v1" : "v1beta1"}`;
    while ((await client.find(served)) === undefined) await sleep(100);
  }
  for (const [name, labels] of [
    ["team", NAMESPACE_LABELS],
    ["kubeflow", {}],
  ] as const) {
    await client.create("/api/v1/namespaces", { metadata: { name, labels } });
  }
  await client.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name: "may-everything" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "profiles-controller-service-account", namespace: "kubeflow" }],
  });
  for (const policy of policies) await client.create(pathOf(policy), policy);
  // The API server takes policies up a moment after they are there: when each guard refuses, all hold.
  for (const { name } of guards) {
    const refused = guardCases.find((one) => one.guard === name && one.refused !== undefined);
    if (refused === undefined) throw new Error(`${name} has no case that it refuses`);
    while ((await answerTo(refused)) === undefined) await sleep(100);
  }
});

afterAll(async () => {
  await client.close();
  await controlPlane.stop();
  if (before === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = before;
  await rm(home, { recursive: true });
});

function pathOf({ kind }: KubernetesObject): string {
  const plural = kind.endsWith("Binding") ? "validatingadmissionpolicybindings" : "validatingadmissionpolicies";
  return `/apis/admissionregistration.k8s.io/v1/${plural}`;
}

/** Why the API server refuses what a case asks for; undefined where it admits it. */
function answerTo(one: GuardCase): Promise<string | undefined> {
  const { object, user } = requestOf(one);
  const isCluster = object.kind === "Profile";
  const placed = isCluster ? object : { ...object, metadata: { namespace: "team", ...object.metadata } };
  return refusalOf(
    user.startsWith("system:") ? configAs(controlPlane.kubeconfig, user) : configAs(controlPlane.kubeconfig),
    placed,
  );
}

describe("the API server judges as TypeScript does", () => {
  it.each(guardCases.map((one) => [one.guard, one.what, one] as const))("%s: %s", async (_, __, one) => {
    const { object } = requestOf(one);
    const asked = guards.filter(({ name }) =>
      guardCases.some((other) => other.guard === name && other.request.object.kind === object.kind),
    );
    const sentences = asked.flatMap((guard) => guard.judge(requestOf(one)));
    const answer = await answerTo(one);
    if (sentences.length === 0) return expect(answer).toBeUndefined();
    expect(answer).toMatch(/ValidatingAdmissionPolicy 'kubeflow-/);
    expect(sentences.filter((sentence) => answer?.includes(sentence) === true).length, answer).toBeGreaterThan(0);
  });

  it("says the guard's own sentence", async () => {
    for (const one of guardCases) {
      if (one.refused !== undefined) expect(await answerTo(one)).toContain(one.refused);
    }
  });

  it("finds nothing wrong with the types of any expression", async () => {
    for (const { metadata } of policies.filter(({ kind }) => !kind.endsWith("Binding"))) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${metadata.name}`;
      await expect
        .poll(async () => (await client.read<{ status?: { typeChecking?: unknown } }>(path)).status?.typeChecking, {
          timeout: 30_000,
        })
        .toEqual({});
    }
  });
});

describe("what is not a profile's", () => {
  it("is not asked about", async () => {
    const config = configAs(controlPlane.kubeconfig);
    const pod = guardCases.find(({ what }) => what === "a privileged container")?.request.object as KubernetesObject;
    const elsewhere = { ...pod, metadata: { ...pod.metadata, namespace: "default" } };
    expect(await refusalOf(config, elsewhere)).toBeUndefined();
  });
});
