import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, groupOf, type KubernetesObject, listAt, objectId } from "../../../components/kit/objects.ts";
import { adjustmentsFor } from "../../../components/kubeflow/adjustments.ts";
import { credentialsFrom } from "../../../components/kubeflow/credentials/derive.ts";
import { extrasFor } from "../../../components/kubeflow/extras.ts";
import { partOf } from "../../../components/kubeflow/parts.ts";
import type { PlannedObject } from "../../../components/kubeflow/plan.ts";
import { loadRelease } from "../../../components/kubeflow/release/index.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { repairs } from "../../../components/kubeflow/repairs/index.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { createAuthority } from "../../../rehearsal/control-plane/pki.ts";
import { EXTERNAL_SERVICES } from "../../kit/external-services.ts";
import { realRelease } from "../../kit/release.ts";

const release = releases["1.8.1"];
const COMPONENTS = fileURLToPath(new URL("../../../components", import.meta.url));
const PAGE = fileURLToPath(new URL("../../../docs/release-1.8.1.md", import.meta.url));
const CRD = "CustomResourceDefinition.apiextensions.k8s.io";

let source: readonly KubernetesObject[];
/** Rows of the page's tables. */
let rows: readonly (readonly string[])[];

beforeAll(async () => {
  source = (await realRelease()).map(({ object }) => object);
  const lines = (await readFile(PAGE, "utf8")).split("\n").filter((line) => /^\|(?! *-|.*\| what +\|)/.test(line));
  rows = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
});

/** What is wrong in a set of objects while a repair is missing, by the name of the repair. */
const WRONG: Readonly<Record<string, (object: KubernetesObject) => boolean>> = {
  namespaces: ({ kind, metadata }) =>
    metadata.namespace === undefined
      ? metadata.name.startsWith("default-install-config")
      : ["ClusterIssuer", "CompositeController"].includes(kind),
  "server-fields": ({ status, metadata, ...object }) =>
    status !== undefined ||
    metadata["creationTimestamp"] !== undefined ||
    (object["aggregationRule"] !== undefined && object["rules"] !== undefined),
  "placeholder-ca-bundles": (object) =>
    groupOf(object.apiVersion) === "admissionregistration.k8s.io" &&
    listAt(object, "webhooks").some((webhook) => at(webhook, "clientConfig", "caBundle") !== undefined),
  "idle-conversions": (object) =>
    groupKind(object) === CRD &&
    listAt(object, "spec", "versions").length === 1 &&
    at(object, "spec", "conversion", "strategy") === "Webhook",
  "empty-rules": (object) =>
    groupKind(object) === "ClusterRole.rbac.authorization.k8s.io" &&
    object["aggregationRule"] === undefined &&
    listAt(object, "rules").length === 0 &&
    object["rules"] !== undefined,
  "crd-descriptions": (object) => groupKind(object) === CRD && /"description":"/.test(JSON.stringify(object["spec"])),
};

describe("every repair", () => {
  it("has a check of what is wrong without it", () => {
    expect(Object.keys(WRONG)).toEqual(repairs.map(({ name }) => name));
  });

  it.each(Object.entries(WRONG))("%s: without it something is wrong, with it nothing", (name, isWrong) => {
    const wrongAfter = (some: typeof repairs) =>
      source
        .map((object) => some.reduce((repairing, repair) => repair.apply(repairing), object))
        .filter(isWrong)
        .map(objectId);
    expect(wrongAfter(repairs.filter((repair) => repair.name !== name))).not.toEqual([]);
    expect(wrongAfter(repairs)).toEqual([]);
  });

  it("says why, and where that is known from", () => {
    for (const { name, why, evidence } of [...repairs, ...release.images.repairs]) {
      expect(why.length, name).toBeGreaterThan(20);
      expect(evidence.length, name).toBeGreaterThan(3);
    }
    for (const { from, reason, evidence } of release.images.replacements) {
      expect(reason.length, from).toBeGreaterThan(20);
      expect(evidence.length, from).toBeGreaterThan(0);
    }
  });
});

describe("docs/release-1.8.1.md", () => {
  it("has a line for every repair", () => {
    const named = rows.map(([name = ""]) => name.replaceAll("`", ""));
    const wanted = [...repairs, ...release.images.repairs].map(({ name }) => name);
    expect(wanted.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name) => name.startsWith("replacements"))).toEqual([
      `replacements (${release.images.replacements.length} rows)`,
    ]);
  });

  it("says in each line what, why and on what evidence", () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell === ""))).toEqual([]);
  });

  it("names nothing that is not there", async () => {
    const files = await readdir(COMPONENTS, { recursive: true });
    const code = await Promise.all(
      files.filter((file) => file.endsWith(".ts")).map((file) => readFile(path.join(COMPONENTS, file), "utf8")),
    );
    const exported = new Set(
      code.flatMap((text) =>
        [...text.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map(([, name]) => name),
      ),
    );
    const functions = rows.flatMap(([name = ""]) =>
      [...name.matchAll(/`([a-z]+[A-Z]\w*)`(?!\))/g)].map(([, one]) => one),
    );
    expect(functions.length).toBeGreaterThan(15);
    expect(functions.filter((name) => !exported.has(name))).toEqual([]);
  });
});

describe("every step from the release to the platform", () => {
  it("changes something of the real rendering, where the settings ask for all that there is", async () => {
    const { certificate: ca } = await createAuthority("mirror");
    const settings = parseSettings({
      environment: "prod",
      cloud: "existing",
      components: { "models-web-app": false },
      airGap: { registry: "registry.example.com/kubeflow", ca },
      registries: [{ registry: "docker.io", username: "u", password: "p" }],
      services: EXTERNAL_SERVICES,
      profiles: [
        {
          name: "vision",
          owner: "ada@example.com",
          objectStore: { bucket: "vision-runs", accessKey: "vision-key", secretKey: "s3cr3t-of-vision" },
        },
      ],
    });
    const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");
    const steps = adjustmentsFor(release, { ...settings, credentials, storageClass: "retained" });
    let objects: readonly PlannedObject[] = (
      await loadRelease(release, undefined, { extras: extrasFor(settings) })
    ).map(({ object, origin }) => ({ object, part: partOf(release, origin) }));
    const idle: number[] = [];
    for (const [index, step] of steps.entries()) {
      const before = JSON.stringify(objects);
      objects = step(objects);
      if (JSON.stringify(objects) === before) idle.push(index);
    }
    expect(steps.length).toBeGreaterThan(12);
    expect(idle).toEqual([]);
  });
});
