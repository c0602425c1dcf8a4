import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt, objectId, textAt } from "../../components/kit/objects.ts";
import { adjustmentsFor } from "../../components/kubeflow/adjustments.ts";
import { credentialsFrom } from "../../components/kubeflow/credentials/derive.ts";
import { extrasFor } from "../../components/kubeflow/extras.ts";
import { OUTSIDE, reachabilityOf } from "../../components/kubeflow/network/reachability.ts";
import { type Plan, planInstall } from "../../components/kubeflow/plan.ts";
import { loadRelease } from "../../components/kubeflow/release/index.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { NO_VIOLATIONS, violationsIn } from "../kit/must-hold/index.ts";
import { type SuppliedOperator, suppliedOperator } from "../kit/supplied-operator.ts";

const DEPLOYMENT = "Deployment.apps kubeflow/training-operator";
const WEBHOOK = "ValidatingWebhookConfiguration.admissionregistration.k8s.io validator.training-operator.kubeflow.org";

let folder: string;
let supplied: SuppliedOperator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "training-operator-"));
  supplied = await suppliedOperator(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const settingsWith = (source: string) =>
  parseSettings({ environment: "dev", cloud: "existing", release: { source, trainingOperator: "1.8.0" } });

/** Whatever it is that the source holds as 1.8.0: here it is synthetic. */
describe("a Training Operator that the source brings along", () => {
  let plan: Plan;
  let objects: ReadonlyMap<string, KubernetesObject>;

  beforeAll(async () => {
    const settings = settingsWith(supplied.source);
    const shipped = await loadRelease(supplied.release, supplied.source, { extras: extrasFor(settings) });
    const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");
    plan = planInstall(supplied.release, shipped, adjustmentsFor(supplied.release, { ...settings, credentials }));
    objects = new Map(plan.waves.flat().map((object) => [objectId(object), object]));
  });

  it("stands in the place of 1.7.0, in its part, with its size and its hardening", () => {
    const operator = objects.get(DEPLOYMENT) as KubernetesObject;
    const [container] = listAt(operator, "spec", "template", "spec", "containers");
    expect(textAt(container, "image")).toBe(supplied.image);
    expect(textAt(container, "resources", "limits", "memory")).toBe("160Mi");
    expect(listAt(container, "securityContext", "capabilities", "drop")).toEqual(["ALL"]);
    expect(plan.partOf(operator).name).toBe("training-operator");
    expect(JSON.stringify([...objects.values()])).not.toContain("v1-855e096");
  });

  it("has its webhook reached by the API server, and stands before it", () => {
    expect(objects.has(WEBHOOK)).toBe(true);
    const reached = reachabilityOf([...objects.values()]).filter(({ from }) => from.includes(OUTSIDE));
    expect(reached.map(({ to, port }) => `${to}:${port}`)).toContain("kubeflow/training-operator:9443");
    const waveOf = (id: string) => plan.waves.findIndex((wave) => wave.some((object) => objectId(object) === id));
    expect(waveOf("Secret kubeflow/training-operator-webhook-cert")).toBeLessThanOrEqual(waveOf(DEPLOYMENT));
  });

  it("brings nothing that must not be", () => {
    expect(violationsIn([...objects.values()])).toEqual(NO_VIOLATIONS);
  });
});

describe("a source", () => {
  it("with an operator that is not 1.8.0 as locked is refused by the names of its objects", async () => {
    await expect(
      loadRelease(releases["1.8.1"], supplied.source, { extras: extrasFor(settingsWith(supplied.source)) }),
    ).rejects.toThrow(
      /are not Kubeflow v1\.8\.1 as locked:[\s\S]*changed \(\d+\): .*Deployment\.apps kubeflow\/training-operator/,
    );
  });

  it("is taken without regard to the operator where the settings ask for 1.7.0", async () => {
    const objects = await loadRelease(releases["1.8.1"], supplied.source);
    expect(objects.map(({ object }) => objectId(object))).not.toContain(WEBHOOK);
  });

  it("whose operator is incomplete is refused by the file that is missing", async () => {
    const broken = path.join(folder, "broken");
    await cp(supplied.source, broken, { recursive: true });
    const overlay = path.join(broken, "apps", "training-operator-1.8.0", "overlays", "kubeflow");
    await writeFile(path.join(overlay, "kustomization.yaml"), "resources: [../../base, absent.yaml]\n");
    await expect(loadRelease(supplied.release, broken, { extras: ["training-operator-1.8.0"] })).rejects.toThrow(
      /cannot be rendered: .*absent\.yaml.*\n {2}Next: the source is incomplete/s,
    );
  });
});
