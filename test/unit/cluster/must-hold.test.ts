import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { previewStack } from "../../../rehearsal/preview/preview.ts";

const GPUS = "name: a, count: 1, cpu: 8, memory: 64 GB, disk: 500 GB, gpus: 1";
const NEXT = "correct the stack file (Pulumi.<stack>.yaml); docs/clouds.md says what each cloud can do";
const AWS = "AWS cannot give the cluster that the settings ask for, for 1 reason:";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "must-hold-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What somebody is told who asks for this cluster for prod on AWS, and how many resources had been registered by then. */
async function refusalOf(cluster: string) {
  const configFile = path.join(folder, "Pulumi.prod.yaml");
  await writeFile(configFile, `config:\n  kubeflow:cluster: ${cluster}\n`);
  const registered: string[] = [];
  const report = (line: string) => registered.push(line);
  const error: unknown = await previewStack({ environment: "prod", cloud: "aws", configFile, report }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`expected an error for people, got ${JSON.stringify(error)}`);
  return { message: error.message, exitCode: error.exitCode, registered: registered.length };
}

describe("is a clear error before any resource is registered:", () => {
  it.each([
    [
      "an unknown instance type",
      "{ nodes: { instanceType: m5.gigantic } }",
      "cluster.nodes: the catalogue has no instance type m5.gigantic; the nearest name is m5.large",
    ],
    [
      "overlapping ranges",
      "{ network: { cidr: 10.4.0.0/16 } }",
      "cluster.network: cidr 10.4.0.0/16 and pods 10.4.0.0/14 overlap",
    ],
    [
      "one zone",
      "{ zones: [use1-az1] }",
      "cluster.zones: use1-az1 is one zone, whose loss is the platform's; prod needs two or more",
    ],
    [
      "everybody as access in prod",
      "{ access: { cidrs: [0.0.0.0/0] } }",
      "cluster.access: 0.0.0.0/0 is everybody, whom prod does not let to its API server; give your ranges, or private",
    ],
    [
      "mixed GPU families",
      `{ gpuPools: [{ ${GPUS}, family: t4, instanceType: g6.4xlarge }] }`,
      "cluster.gpuPools[0]: g6.4xlarge (16 CPU, 68.7 GB, 1 x l4) has another GPU family than t4: a pool has one family",
    ],
  ])("%s", async (_, cluster, problem) => {
    expect(await refusalOf(cluster)).toEqual({
      message: `${AWS}\n  ${problem}\n  Next: ${NEXT}`,
      exitCode: 2,
      registered: 0,
    });
  });

  it.each([
    ["1.30", "1.31"],
    ["1.37", "1.36"],
  ])("Kubernetes %s", async (version, near) => {
    expect(await refusalOf(`{ version: "${version}" }`)).toEqual({
      message: [
        "the settings have 1 problem:",
        `  cluster.version is "${version}"; it must be one of 1.31, 1.32, 1.33, 1.34, 1.35, 1.36 (did you mean ${near}?)`,
        "  Next: correct the stack file (Pulumi.<stack>.yaml); Pulumi.yaml describes every setting",
      ].join("\n"),
      exitCode: 2,
      registered: 0,
    });
  });
});
