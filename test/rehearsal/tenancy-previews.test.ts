import { beforeAll, describe, expect, it } from "vitest";
import { mask, memoryState, Secret, type StateStore } from "../../rehearsal/host/index.ts";
import { runProgram } from "../kit/program.ts";

const USERS = Object.fromEntries(["ada", "ben", "cleo", "dan"].map((name) => [name, `${name}@example.com`]));
const VISION = { name: "vision", owner: "ada", members: { edit: ["ben"], view: ["cleo"] } };
const SPEECH = { name: "speech", owner: "cleo", members: { edit: ["dan"] }, retention: "delete" };
const FRAUD = { name: "fraud", owner: "dan", egress: [{ to: "profile/vision", ports: [8080] }] };

let state: StateStore;

beforeAll(async () => {
  state = memoryState();
  expect(await run([VISION, SPEECH, FRAUD])).toMatchObject({ failures: [] });
});

function run(profiles: readonly object[], { preview = false, users = USERS } = {}) {
  const settings = {
    environment: "dev",
    cloud: "existing",
    secret: "a-stack-secret-of-more-than-32-characters",
    users: JSON.stringify(users),
    profiles: JSON.stringify(profiles),
  };
  return runProgram(settings, { preview, state });
}

/** What a preview of these profiles shows, but for what stays the same: `update Namespace vision`. */
async function previewOf(profiles: readonly object[], users = USERS): Promise<string[]> {
  const { resources, failures } = await run(profiles, { preview: true, users });
  expect(failures).toEqual([]);
  return resources
    .filter(({ operation, type }) => operation !== "same" && type !== "pulumi:pulumi:Stack")
    .map(({ operation, type, name }) => `${operation} ${type.slice(type.lastIndexOf(":") + 1)} ${name}`)
    .toSorted();
}

describe("a preview", () => {
  it("of the same profiles shows nothing", async () => {
    expect(await previewOf([VISION, SPEECH, FRAUD])).toEqual([]);
  });

  it("of the same profiles in another order shows nothing", async () => {
    expect(await previewOf([FRAUD, VISION, SPEECH])).toEqual([]);
  });

  it("of another profile shows its own objects only", async () => {
    const shown = await previewOf([VISION, SPEECH, FRAUD, { name: "search", owner: "ben" }]);
    expect(shown).toEqual([
      "create ConfigMap search/kfp-launcher",
      "create LimitRange search/profile",
      "create Namespace search",
      "create NetworkPolicy search/profile",
      "create PodDefault search/access-ml-pipeline",
      "create PodDefault search/access-object-store",
      "create Profile search",
      "create Profile search",
      "create ResourceQuota search/profile",
    ]);
  });

  it("of a member with another address shows the two bindings, old and new", async () => {
    expect(await previewOf([VISION, SPEECH, FRAUD], { ...USERS, ben: "benjamin@example.com" })).toEqual([
      "create AuthorizationPolicy vision/user-benjamin-example-com-clusterrole-edit",
      "create RoleBinding vision/user-benjamin-example-com-clusterrole-edit",
      "delete AuthorizationPolicy vision/user-ben-example-com-clusterrole-edit",
      "delete RoleBinding vision/user-ben-example-com-clusterrole-edit",
    ]);
  });

  it("of another role makes another binding, since what one refers to cannot change", async () => {
    const promoted = { ...VISION, members: { edit: ["ben", "cleo"] } };
    expect(await previewOf([promoted, SPEECH, FRAUD])).toEqual([
      "create AuthorizationPolicy vision/user-cleo-example-com-clusterrole-edit",
      "create RoleBinding vision/user-cleo-example-com-clusterrole-edit",
      "delete AuthorizationPolicy vision/user-cleo-example-com-clusterrole-view",
      "delete RoleBinding vision/user-cleo-example-com-clusterrole-view",
    ]);
  });

  it("of another owner changes namespace and Profile, and who becomes owner is no member any more", async () => {
    const handedOver = { ...VISION, owner: "ben", members: { edit: ["ada", "ben"], view: ["cleo"] } };
    expect(await previewOf([handedOver, SPEECH, FRAUD])).toEqual([
      "create AuthorizationPolicy vision/user-ada-example-com-clusterrole-edit",
      "create RoleBinding vision/user-ada-example-com-clusterrole-edit",
      "delete AuthorizationPolicy vision/user-ben-example-com-clusterrole-edit",
      "delete RoleBinding vision/user-ben-example-com-clusterrole-edit",
      "update Namespace vision",
      "update Profile vision",
    ]);
  });

  it("of a profile that is gone shows its own objects only, and closes its way into another", async () => {
    expect(await previewOf([VISION, SPEECH])).toEqual([
      "delete AuthorizationPolicy vision/other-profiles",
      "delete ConfigMap fraud/kfp-launcher",
      "delete LimitRange fraud/profile",
      "delete Namespace fraud",
      "delete NetworkPolicy fraud/profile",
      "delete PodDefault fraud/access-ml-pipeline",
      "delete PodDefault fraud/access-object-store",
      "delete Profile fraud",
      "delete Profile fraud",
      "delete ResourceQuota fraud/profile",
      "update NetworkPolicy vision/profile",
    ]);
  });
});

describe("an object store of a profile's own", () => {
  const STORE = { bucket: "vision-runs", accessKey: "vision-key", secretKey: "s3cr3t-of-vision" };
  const withStore = [{ ...VISION, objectStore: STORE }, SPEECH, FRAUD];

  it("shows in a preview that profile's objects, and the controller of Pipelines that is told", async () => {
    expect(await previewOf(withStore)).toEqual([
      "create ConfigMap vision/artifact-repositories",
      "create Secret vision/mlpipeline-minio-artifact",
      "update ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-hdk828hd6c",
      "update ConfigMap vision/kfp-launcher",
      "update Deployment kubeflow/kubeflow-pipelines-profile-controller",
      "update Namespace vision",
      "update PodDefault vision/access-object-store",
    ]);
  });

  it("has keys that are secrets from the settings on, and in nothing but its Secret", async () => {
    const { resources, failures } = await run(withStore, { preview: true });
    expect(failures).toEqual([]);
    const keys = resources.find(({ name }) => name === "vision/mlpipeline-minio-artifact");
    expect(keys?.inputs["stringData"]).toBeInstanceOf(Secret);
    const plain = JSON.stringify(resources.map(({ inputs, outputs }) => [mask(inputs), mask(outputs)]));
    expect(plain).not.toMatch(/s3cr3t-of-vision|vision-key/);
  });
});

describe("a namespace", () => {
  it("stays with its bounds when its profile is gone, unless the settings have said before that it may go", async () => {
    const { resources } = await run([VISION, SPEECH, FRAUD]);
    const kept = resources
      .filter(({ options }) => options.retainOnDelete === true)
      .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    const of = (profile: string) =>
      kept.filter((name) => name.endsWith(` ${profile}`) || name.includes(` ${profile}/`)).toSorted();
    expect(of("vision")).toEqual([
      "LimitRange vision/profile",
      "Namespace vision",
      "NetworkPolicy vision/profile",
      "ResourceQuota vision/profile",
    ]);
    expect(of("speech")).toEqual([]);
  });

  it("comes first, then what bounds it, then the Profile, each depending on three at most", async () => {
    const { resources } = await run([VISION, SPEECH, FRAUD]);
    const needsOf = (type: string, name: string) =>
      resources
        .find(
          (resource) =>
            resource.type.endsWith(type) && resource.type.startsWith("kubernetes:") && resource.name === name,
        )
        ?.dependencies.map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
    expect(needsOf(":Profile", "vision")).toEqual(["vision/profile", "vision/profile", "vision/profile"]);
    expect(needsOf(":ResourceQuota", "vision/profile")).toEqual(["vision"]);
    expect(needsOf(":Namespace", "vision")).toEqual([expect.stringMatching(/^kubeflow\/kubeflow-install-wave-\d$/)]);
    const most = resources
      .filter(({ type, name }) => type.startsWith("kubernetes:") && !name.includes("install-wave"))
      .map(({ dependencies }) => dependencies.length);
    expect(Math.max(...most)).toBe(3);
  });
});
