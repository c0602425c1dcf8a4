import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { schema } from "../../../components/settings/schema.ts";
import { readStack } from "../../../rehearsal/stack.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "broken-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What somebody is told whose stack file has this content; the file itself is written `FILE`. */
async function errorOf(content: string): Promise<{ message: string; exitCode: number }> {
  const file = path.join(folder, "Pulumi.broken.yaml");
  await writeFile(file, content);
  const error: unknown = await readStack({ environment: "dev", configFile: file }).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`expected an error for people, got ${JSON.stringify(error)}`);
  return { message: error.message.replaceAll(file, "FILE"), exitCode: error.exitCode };
}

const POOL = "{ name: a, count: 1, cpu: 8, memory: 64 GB, disk: 1 TB, gpus: 1 }";
const pools = (...list: string[]) => `kubeflow:cluster: { gpuPools: [${list.join(", ")}] }`;
const KNOWN = Object.keys(schema.shape).join(", ");
const SIZE = "a size such as 64 GB or 1.5 TB";
const NAME = "lower-case letters, digits and dashes, beginning with a letter, 32 characters at most";
const DURATION = "a duration such as 90s, 20m or 1h, 2h at most";
const CLUSTER_KEYS =
  "kubeconfig, context, check, name, version, zones, network, access, admins, viewers, protect, nat, nodes, gpuPools";
const PRINCIPALS = "a list of people and roles as the cloud writes them, such as [arn:aws:iam::123456789012:role/NAME]";
const NODE_KEYS = "count, max, cpu, memory, disk, instanceType";
const POOL_KEYS = "name, count, min, max, cpu, memory, disk, gpus, family, instanceType, zones, training, spot";
const CLUSTER = `an object of ${CLUSTER_KEYS}`;

describe("a stack file with wrong settings is refused with exit code 2 and every problem:", () => {
  it.each<[string, ...string[]]>([
    ["kubeflow:environment: staging", 'environment is "staging"; it must be one of dev, prod'],
    ["kubeflow:environment: prd", 'environment is "prd"; it must be one of dev, prod (did you mean prod?)'],
    ["kubeflow:environment: 7", 'environment is "7"; it must be one of dev, prod'],
    ["kubeflow:environment: [dev]", 'environment is ["dev"]; it must be one of dev, prod'],
    ["kubeflow:environment:", 'environment is ""; it must be one of dev, prod'],
    ["kubeflow:enviroment: dev", `enviroment is not a setting (did you mean environment?); known: ${KNOWN}`],
    ["cluser: {}", `cluser is not a setting (did you mean cluster?); known: ${KNOWN}`],
    ["kubeflow:mirror: x", `mirror is not a setting; known: ${KNOWN}`],
    ["kubeflw:environment: prod", "kubeflw:environment is not a setting (did you mean kubeflow:environment?)"],
    ["kubeflow:cluster: large", `cluster is "large"; it must be ${CLUSTER}`],
    ["kubeflow:cluster: '{nodes: {count: 3}}'", `cluster is "{nodes: {count: 3}}"; it must be ${CLUSTER}`],
    ["kubeflow:cluster: [3, 16]", `cluster is [3,16]; it must be ${CLUSTER}`],
    [
      "kubeflow:cluster: { node: { count: 3 } }",
      `cluster.node is not a setting (did you mean nodes?); known: ${CLUSTER_KEYS}`,
    ],
    [
      "kubeflow:cluster: { kubeconfig: '' }",
      "cluster.kubeconfig (value not shown) is wrong; it must be the text or the path of a kubeconfig",
    ],
    ["kubeflow:cluster: { context: 1 }", "cluster.context is 1; it must be the name of a context of the kubeconfig"],
    ["kubeflow:cluster: { admins: me }", `cluster.admins is "me"; it must be ${PRINCIPALS}`],
    [
      "kubeflow:cluster: { admins: [me, me], viewers: [you, me] }",
      'cluster.admins[1] is "me"; it must be somebody whom neither admins nor viewers name already',
      'cluster.viewers[1] is "me"; it must be somebody whom neither admins nor viewers name already',
    ],
    ["kubeflow:cluster: { protect: maybe }", 'cluster.protect is "maybe"; it must be true or false'],
    ["kubeflow:cluster: { nodes: 3 }", `cluster.nodes is 3; it must be an object of ${NODE_KEYS}`],
    ["kubeflow:cluster: { nodes: { count: 0 } }", "cluster.nodes.count is 0; it must be a whole number from 1 to 1000"],
    [
      "kubeflow:cluster: { nodes: { count: 1001 } }",
      "cluster.nodes.count is 1001; it must be a whole number from 1 to 1000",
    ],
    [
      "kubeflow:cluster: { nodes: { count: 2.5 } }",
      "cluster.nodes.count is 2.5; it must be a whole number from 1 to 1000",
    ],
    [
      "kubeflow:cluster: { nodes: { count: '3' } }",
      'cluster.nodes.count is "3"; it must be a whole number from 1 to 1000',
    ],
    [
      "kubeflow:cluster: { nodes: { cpu: many } }",
      'cluster.nodes.cpu is "many"; it must be a whole number from 1 to 1024',
    ],
    ["kubeflow:cluster: { nodes: { memory: 64GB } }", `cluster.nodes.memory is "64GB"; it must be ${SIZE}`],
    ["kubeflow:cluster: { nodes: { memory: 64 GiB } }", `cluster.nodes.memory is "64 GiB"; it must be ${SIZE}`],
    ["kubeflow:cluster: { nodes: { memory: 64 } }", `cluster.nodes.memory is 64; it must be ${SIZE}`],
    ["kubeflow:cluster: { nodes: { disk: 0 TB } }", `cluster.nodes.disk is "0 TB"; it must be ${SIZE}`],
    [
      "kubeflow:cluster: { nodes: { disc: 1 TB } }",
      `cluster.nodes.disc is not a setting (did you mean disk?); known: ${NODE_KEYS}`,
    ],
    [
      "kubeflow:cluster: { gpuPools: { name: a } }",
      `cluster.gpuPools is {"name":"a"}; it must be a list, each of it an object of ${POOL_KEYS}`,
    ],
    [pools("a100"), `cluster.gpuPools[0] is "a100"; it must be an object of ${POOL_KEYS}`],
    [
      pools("{ name: A100 }"),
      `cluster.gpuPools[0].name is "A100"; it must be ${NAME}`,
      "cluster.gpuPools[0].count is missing; it must be a whole number from 1 to 1000",
      "cluster.gpuPools[0].cpu is missing; it must be a whole number from 1 to 1024",
      `cluster.gpuPools[0].memory is missing; it must be ${SIZE}`,
      `cluster.gpuPools[0].disk is missing; it must be ${SIZE}`,
      "cluster.gpuPools[0].gpus is missing; it must be a whole number from 1 to 16",
    ],
    [pools(POOL, POOL), 'cluster.gpuPools[1].name is "a"; it must be a name that no other pool has'],
    [
      pools(POOL.replace("name: a", "name: node")),
      'cluster.gpuPools[0].name is "node"; it must be another name: the general nodes have it',
    ],
    [
      pools(POOL.replace("gpus: 1", "gpus: 0")),
      "cluster.gpuPools[0].gpus is 0; it must be a whole number from 1 to 16",
    ],
    [
      "kubeflow:release: 1.8.1",
      'release is "1.8.1"; it must be an object of version, source, deadline, trainingOperator',
    ],
    ["kubeflow:release: { version: 1.9.0 }", 'release.version is "1.9.0"; it must be 1.8.1'],
    [
      "kubeflow:release: { trainingOperator: 1.9.0 }",
      'release.trainingOperator is "1.9.0"; it must be 1.7.0 or, where release.source holds its manifests, 1.8.0; from 1.9 on it has no MXJob, and broke the distributed training of users of Kubeflow 1.8',
    ],
    ["kubeflow:release: { version: 1.8 }", "release.version is 1.8; it must be 1.8.1"],
    ["kubeflow:release: { source: '' }", 'release.source is ""; it must be a directory, a tar.gz or git'],
    ["kubeflow:release: { deadline: soon }", `release.deadline is "soon"; it must be ${DURATION}`],
    ["kubeflow:release: { deadline: 20 }", `release.deadline is 20; it must be ${DURATION}`],
    ["kubeflow:release: { deadline: 0s }", `release.deadline is "0s"; it must be ${DURATION}`],
    ["kubeflow:release: { deadline: 3h }", `release.deadline is "3h"; it must be ${DURATION}`],
    ["kubeflow:secret: hunter2", "secret (value not shown) is wrong; it must be text of 32 characters or more"],
    [
      "kubeflow:cloud: jupiter\n  kubeflow:realease: {}\n  kubeflow:cluster: { nodes: { count: 0 } }",
      'cloud is "jupiter"; it must be one of existing, aws, gcp, digitalocean',
      "cluster.nodes.count is 0; it must be a whole number from 1 to 1000",
      `realease is not a setting (did you mean release?); known: ${KNOWN}`,
    ],
  ])("%s", async (settings, ...problems) => {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    expect(await errorOf(`config:\n  ${settings}\n`)).toEqual({
      message: [
        `the settings have ${count}:`,
        ...problems.map((problem) => `  ${problem}`),
        "  Next: correct the stack file (Pulumi.<stack>.yaml); Pulumi.yaml describes every setting",
      ].join("\n"),
      exitCode: 2,
    });
  });
});

describe("a stack file that is none is refused with exit code 2:", () => {
  const NOT_A_MAP = "FILE: config is not a map of settings\n  Next: see Pulumi.dev.yaml";
  const asFile = (problem: string) => `the stack file FILE ${problem}\n  Next: give a file such as Pulumi.dev.yaml`;

  it.each([
    ["config: [\n", asFile("is not YAML: deficient indentation (line 2)")],
    ["config:\n  a: 1\n  a: 2\n", asFile("is not YAML: duplicated mapping key (line 3)")],
    [
      "config:\n\tkubeflow:cloud: existing\n",
      asFile("is not YAML: tab characters must not be used in indentation (line 2)"),
    ],
    ["config: existing\n", NOT_A_MAP],
    ["config:\n  - kubeflow:cloud: existing\n", NOT_A_MAP],
  ])("%j", async (content, message) => {
    expect(await errorOf(content)).toEqual({ message, exitCode: 2 });
  });
});
