import { writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, type KubernetesObject, objectId } from "../../components/kit/objects.ts";
import { distributionObjects } from "../../components/registry/distribution/objects.ts";
import { registrySecretsFrom } from "../../components/registry/distribution/secrets.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { kubeconfigOf } from "../../rehearsal/control-plane/directory.ts";
import { liveObjects, versionsOf } from "../kit/cluster.ts";
import { airGapWithDistribution, kubeconfigText } from "../kit/distribution.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const NAME = "fed";
/** The smallest platform: what is left are the parts that nothing can do without. */
const OFF = [
  ...["knative-serving", "kserve", "models-web-app", "pipelines", "katib", "training-operator", "pod-defaults"],
  ...["notebooks", "tensorboards", "volumes", "dashboard"],
];

let home: RehearsalHome;
let args: readonly string[];
let installed: Ended;
/** What the registry is made of, whatever the values of its secrets. */
let made: readonly KubernetesObject[];

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
  // Nobody's cluster: a rehearsal puts the registry on a control plane of its own in its place.
  const airGap = await airGapWithDistribution(kubeconfigText("https://infra.invalid"));
  const components = Object.fromEntries(OFF.map((name) => [name, false]));
  const file = path.join(home.directory, "site.yaml");
  await writeFile(file, dump({ config: { "kubeflow:airGap": airGap, "kubeflow:components": components } }));
  const { registry, distribution, pullSecret } = parseSettings({
    environment: "dev",
    cloud: "existing",
    airGap,
  }).airGap!;
  const secrets = registrySecretsFrom("any", pullSecret!);
  made = distributionObjects({ registry, settings: distribution!, secrets });
  args = ["dev", "--config", file, "--keep", "--name", NAME, "--json"];
  installed = await home.run(args);
});
afterAll(() => home.close());

const beside = () => liveObjects(kubeconfigOf(`${NAME}-registry`), made);

describe("a rehearsal of a stack that stands its registry up in another cluster", () => {
  it("installs the platform, and the registry on a control plane of its own", async () => {
    expect(installed.code, installed.stderr).toBe(0);
    expect(summaryIn(installed).ok).toBe(true);
    const live = await beside();
    for (const object of made) expect([...live.keys()]).toContain(objectId(object));
    expect(at(live.get("Deployment.apps registry/registry"), "status", "readyReplicas")).toBe(1);
    expect(at(live.get("PersistentVolumeClaim registry/registry"), "status", "phase")).toBe("Bound");
    expect(at(live.get("Service registry/registry"), "status", "loadBalancer", "ingress", 0, "ip")).toMatch(/^203\.0/);
  });

  it("puts nothing of the registry into the cluster that it feeds, and nothing of the platform beside the registry", async () => {
    const fed = await liveObjects(kubeconfigOf(NAME), made);
    for (const object of made) expect([...fed.keys()]).not.toContain(objectId(object));
    expect([...fed.keys()]).toContain("Namespace kubeflow");
    expect([...(await beside()).keys()]).not.toContain("Namespace kubeflow");
  });

  it("changes nothing of it when it is applied again", async () => {
    const before = versionsOf(await stable());
    const again = await home.run(args);
    expect(again.code, again.stderr).toBe(0);
    expect(summaryIn(again).objects.changed).toBe(0);
    expect(versionsOf(await stable())).toEqual(before);
  });

  it("leaves what holds the images when the stack is destroyed", async () => {
    const destroyed = await home.run(["destroy", NAME]);
    expect(destroyed.code, destroyed.stderr).toBe(0);
    const left = [...(await beside()).keys()];
    expect(left).toEqual(expect.arrayContaining(["Namespace registry", "PersistentVolumeClaim registry/registry"]));
    for (const gone of ["Deployment.apps registry/registry", "Secret registry/registry-tls"]) {
      expect(left).not.toContain(gone);
    }
  });

  it("goes with the control planes, both of them", async () => {
    await home.run(["down", NAME]);
    expect(await home.rehearsals()).toEqual([]);
  });
});

/** What the program has written, without what others keep writing to. */
async function stable(): Promise<Map<string, KubernetesObject>> {
  const live = await beside();
  const own = made.map((object) => objectId(object));
  return new Map([...live].filter(([id]) => own.includes(id)));
}
