import { beforeAll, describe, expect, it } from "vitest";
import { type HostResult, mask, memoryState, Secret } from "../../../rehearsal/host/index.ts";
import { previewProviders } from "../../../rehearsal/providers/index.ts";
import { airGapWithDistribution, kubeconfigText, ROBOT } from "../../kit/distribution.ts";
import { idleProvider, runProgram } from "../../kit/program.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
const OPTIONAL = ["knative-serving", "kserve", "models-web-app", "pipelines", "katib", "training-operator"];
const FED = kubeconfigText("https://fed.example.com:6443", "fed");
const INFRA = kubeconfigText("https://infra.example.com:6443");

let key: string;
let settings: Readonly<Record<string, string>>;
let first: HostResult;
let second: HostResult;

beforeAll(async () => {
  const airGap = await airGapWithDistribution(INFRA);
  key = airGap.distribution.key;
  settings = {
    environment: "prod",
    cloud: "existing",
    secret: SECRET,
    cluster: JSON.stringify({ kubeconfig: FED, check: false }),
    components: JSON.stringify(Object.fromEntries(OPTIONAL.map((name) => [name, false]))),
    airGap: JSON.stringify(airGap),
  };
  const state = memoryState();
  first = await runProgram(settings, { state });
  second = await runProgram(settings, { state });
});

const below = ({ resources }: HostResult) =>
  resources.filter(({ parent = "" }) => parent.includes("kubeflow:registry:Distribution"));

describe("a program with a registry of its own", () => {
  it("registers it below one component, each object through the provider of the other cluster", () => {
    expect(first.failures).toEqual([]);
    const [provider, ...objects] = below(first).toSorted((one, other) => other.type.localeCompare(one.type));
    expect(provider?.type).toBe("pulumi:providers:kubernetes");
    expect(objects.length).toBe(10);
    expect(new Set(objects.map((object) => object.provider))).toEqual(new Set([`${provider?.urn}::${provider?.id}`]));
    const ofOthers = first.resources.filter(
      (resource) => resource.provider === objects[0]?.provider && !objects.includes(resource),
    );
    expect(ofOthers).toEqual([]);
  });

  it("keeps what holds the images, and in prod protects it", () => {
    const kept = below(first).filter(({ options }) => options.retainOnDelete === true);
    expect(kept.map(({ type }) => type).toSorted()).toEqual([
      "kubernetes:core/v1:Namespace",
      "kubernetes:core/v1:PersistentVolumeClaim",
    ]);
    for (const { options } of kept) expect(options.protect).toBe(true);
  });

  it("shows no secret: not the kubeconfig, the key, the password nor its hash", () => {
    const registered = JSON.stringify(below(first).map(({ inputs, outputs }) => mask({ inputs, outputs })));
    for (const text of ["token-of-the-kubeconfig", ROBOT.password, "$2b$", "PRIVATE KEY", key.split("\n")[1] ?? key]) {
      expect(registered).not.toContain(text);
    }
    const provider = below(first).find(({ type }) => type.startsWith("pulumi:providers"));
    expect(provider?.inputs["kubeconfig"]).toBeInstanceOf(Secret);
  });

  it("says which record leads its name to it", () => {
    expect(first.outputs["registryDnsRecord"]).toBe("registry.example.com A (no address yet)");
  });

  it("changes nothing when it runs again", () => {
    expect(second.failures).toEqual([]);
    expect(new Set(below(second).map(({ operation }) => operation))).toEqual(new Set(["same"]));
  });

  it("registers nothing at all where it would be in the cluster that it feeds", async () => {
    const kubeconfig = kubeconfigText("https://infra.example.com:6443", "fed");
    const cluster = JSON.stringify({ kubeconfig, check: false });
    const { failures, resources } = await runProgram({ ...settings, cluster });
    expect(failures.map(({ message }) => message).join()).toContain(
      "airGap.distribution would stand the registry up in the cluster that it feeds: both lead to https://infra.example.com:6443",
    );
    expect(resources.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
  });

  it("registers nothing on a cluster that it has made itself, which an update knows only by then", async () => {
    const airGap = JSON.stringify(await airGapWithDistribution(kubeconfigText("https://kubernetes.rehearsal.invalid")));
    const { cluster: _, ...rest } = settings;
    const site = { ...rest, cloud: "aws", region: "us-east-1", airGap, cluster: "{}" };
    const providers = new Map([...previewProviders(), ["kubernetes", idleProvider]]);
    const { failures, resources } = await runProgram(site, { providers });
    expect(failures.map(({ message }) => message).join()).toContain(
      "in the cluster that it feeds: it leads to https://kubernetes.rehearsal.invalid, which this program has made",
    );
    expect(resources.map(({ type }) => type)).toContain("aws:eks/cluster:Cluster");
    const others = resources.filter(({ urn }) => !/::(pulumi:|aws:|kubeflow:cluster:Aws)/.test(urn));
    expect([...others, ...resources.filter(({ name }) => name.startsWith("registry"))].map(({ urn }) => urn)).toEqual(
      [],
    );
  });
});
