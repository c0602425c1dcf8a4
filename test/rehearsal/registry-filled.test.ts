import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { closedList } from "../../components/mirror/list/closed-list.ts";
import { objectsOf } from "../../components/mirror/list/program.ts";
import { push } from "../../components/mirror/transfer/push.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { REGISTRY_ALONE } from "../../components/registry/alone.ts";
import { inputOf, parseSettings } from "../../components/settings/parse.ts";
import { syntheticImages } from "../../rehearsal/air-gap/synthetic.ts";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { type HostResult, memoryState } from "../../rehearsal/host/index.ts";
import { airGapWithDistribution, kubeconfigText, ROBOT } from "../kit/distribution.ts";
import { runProgram } from "../kit/program.ts";
import { freePort, type RunningRegistry, startRegistry } from "../kit/registry.ts";

/** Without what is named by digests, which nobody can make up. */
const OFF = ["knative-serving", "kserve", "models-web-app", "pipelines", "katib", "training-operator"];

let folder: string;
let port: number;
let mirror: string;
let ca: string;
let tls: { readonly certificate: string; readonly key: string };
let settings: Readonly<Record<string, string>>;
let registry: RunningRegistry | undefined;
const state = memoryState();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "filled-"));
  port = await freePort();
  mirror = `localhost:${port}/kubeflow`;
  const authority = await createAuthority("site");
  ca = authority.certificate;
  const pair = await authority.issue({ commonName: "registry", dnsNames: ["localhost"] });
  tls = { certificate: path.join(folder, "tls.crt"), key: path.join(folder, "tls.key") };
  await Promise.all([writeFile(tls.certificate, pair.certificate), writeFile(tls.key, pair.key)]);
  const stoodUp = await airGapWithDistribution(kubeconfigText("https://infra.invalid"), { ...pair }, authority);
  settings = {
    environment: "dev",
    cloud: "existing",
    secret: "a-stack-secret-of-more-than-32-characters",
    components: JSON.stringify(Object.fromEntries(OFF.map((name) => [name, false]))),
    airGap: JSON.stringify({ ...stoodUp, registry: mirror, verify: true }),
  };
});
afterAll(() => Promise.all([registry?.stop(), rm(folder, { recursive: true, force: true })]));

const told = ({ failures }: HostResult) => failures.map(({ message }) => message).join("\n");
const below = ({ resources }: HostResult, component: string) =>
  resources.filter(({ urn, type }) => type.startsWith("kubernetes:") && urn.includes(component));

it("a preview says how a registry is filled that the stack makes", async () => {
  const told: string[] = [];
  const { failures } = await runProgram(settings, { preview: true, onEvent: ({ message = "" }) => told.push(message) });
  expect(failures).toEqual([]);
  expect(told.join("\n")).toContain("npm run up -- test --registry makes it alone");
});

it("a run for the registry alone makes it and nothing else", async () => {
  process.env[REGISTRY_ALONE] = "test";
  const alone = await runProgram(settings, { state }).finally(() => delete process.env[REGISTRY_ALONE]);
  expect(alone.failures).toEqual([]);
  expect(below(alone, "kubeflow:registry:Distribution").length).toBe(10);
  expect(below(alone, "").length).toBe(10);
  expect(alone.outputs["registryDnsRecord"]).toBe("localhost A (no address yet)");
});

it("until its name leads to it, a run applies nothing to the cluster and names the record", async () => {
  const result = await runProgram(settings, { state });
  expect(told(result)).toContain(`airGap.verify: ${mirror} cannot be asked: E_NETWORK`);
  expect(told(result)).toContain("make the record localhost A (no address yet)");
  expect(below(result, "kubeflow:kubeflow:")).toEqual([]);
});

it("while it is empty, a run applies nothing to the cluster and names the command that fills it", async () => {
  const accounts = `${ROBOT.username}:${hashSync(ROBOT.password, 4).replace(/^\$2[ab]/, "$2y")}\n`;
  registry = await startRegistry({ port, tls, accounts });
  const result = await runProgram(settings, { state });
  expect(told(result)).toMatch(
    /is made, and has none of the \d+ images of this stack yet; nothing of the platform was/,
  );
  expect(told(result)).toContain(`Next: npm run mirror -- push <folder> --to ${mirror}, then run this again`);
  expect(below(result, "kubeflow:kubeflow:")).toEqual([]);
});

it("once it is filled, the same command installs the platform", async () => {
  const keys = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`kubeflow:${key}`, value]));
  const parsed = parseSettings(inputOf(keys));
  const listed = closedList(await objectsOf(parsed), releases[parsed.release.version].images);
  const registries = new Registries({
    env: {},
    ca: [ca],
    credentials: () => Promise.resolve({ kind: "password", ...ROBOT }),
  });
  const content = syntheticImages(listed.map(({ reference }) => reference));
  const { failures } = await push({ content, to: mirror, registries, concurrency: 8, report: () => undefined });
  await registries.close();
  expect(failures).toEqual([]);
  const result = await runProgram(settings, { state });
  expect(result.failures).toEqual([]);
  expect(below(result, "kubeflow:kubeflow:").length).toBeGreaterThan(200);
});
