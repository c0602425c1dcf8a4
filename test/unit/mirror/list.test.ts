import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../components/kit/objects.ts";
import { images181 } from "../../../components/kubeflow/releases/1.8.1/images.ts";
import { closedList, type ListedImage } from "../../../components/mirror/list/closed-list.ts";
import { foreignUses } from "../../../components/mirror/list/foreign.ts";
import { formats, targetOf } from "../../../components/mirror/list/formats.ts";
import { objectsOf } from "../../../components/mirror/list/program.ts";
import {
  differenceOf,
  type ImagesLock,
  readLock,
  withKnown,
  withMeasured,
} from "../../../components/mirror/list/lock.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { plannedRelease } from "../../kit/release.ts";

const REGISTRY = "registry.example.com:5000/kubeflow";
let dev: readonly KubernetesObject[];
let prod: readonly KubernetesObject[];
let lock: ImagesLock;

beforeAll(async () => {
  dev = await objectsOf(parseSettings({ environment: "dev", cloud: "existing" }));
  prod = await objectsOf(parseSettings({ environment: "prod", cloud: "existing" }));
  lock = await readLock();
});

const known = (references: readonly string[]): ListedImage[] =>
  references.map((reference) => ({ reference, origins: [{ form: "container", object: "Pod a/b", field: "image" }] }));

describe("the lock of images", () => {
  it("is the closed list of what both environments apply; npm run mirror -- lock writes it anew", () => {
    const listed = closedList([...dev, ...prod], images181);
    expect(lock).toEqual({ version: 1, release: "1.8.1", images: withKnown(listed, lock.images) });
  });

  it("has the images of each environment, and of prod the agent of the nodes", () => {
    const references = (objects: readonly KubernetesObject[]) =>
      closedList(objects, images181).map((image) => image.reference);
    const all = lock.images.map((image) => image.reference);
    expect(references(prod)).toEqual(all);
    expect(all.filter((one) => !references(dev).includes(one))).toEqual(["docker.io/istio/install-cni:1.17.5"]);
  });

  it("knows the digests that references say, and invents none", () => {
    for (const { reference, digest, size } of lock.images) {
      expect(digest, reference).toBe(/@(.*)$/.exec(reference)?.[1]);
      expect(size, reference).toBeUndefined();
    }
  });

  it("says where each image is named, and what it stands in for", () => {
    for (const { reference, origins } of lock.images) expect(origins.length, reference).toBeGreaterThan(0);
    expect(lock.images.find(({ reference }) => reference === "ghcr.io/kubeflow/kfp-driver:2.4.1")).toMatchObject({
      origins: [
        {
          form: "environment",
          object: "Deployment.apps kubeflow/ml-pipeline",
          field: "[ml-pipeline-api-server] V2_DRIVER_IMAGE",
        },
      ],
      replacedFrom:
        "gcr.io/ml-pipeline/kfp-driver@sha256:8e60086b04d92b657898a310ca9757631d58547e76bbbb8bfc376d654bef1707",
    });
  });

  it("keeps what it knew of an image that is listed still, and forgets the rest", () => {
    const digest = `sha256:${"1".repeat(64)}`;
    const before = [{ ...known(["docker.io/a/b:1"])[0]!, digest, size: 7 }, ...known(["docker.io/a/c:1"])];
    const now = known(["docker.io/a/b:1", "docker.io/a/d:1"]);
    expect(withKnown(now, before)).toEqual([{ ...now[0], digest, size: 7 }, now[1]]);
    expect(differenceOf(now, before)).toEqual({ added: ["docker.io/a/d:1"], removed: ["docker.io/a/c:1"] });
  });
});

describe("what a list is made of", () => {
  it("is all that the program applies, what profiles get included", async () => {
    const profiles = [{ name: "search", owner: "ada@example.com" }];
    const settings = parseSettings({ environment: "dev", cloud: "existing", profiles });
    const objects = await objectsOf(settings);
    const ofProfile = objects.filter(({ metadata }) => [metadata.name, metadata.namespace].includes("search"));
    expect(ofProfile.map(({ kind }) => kind)).toContain("Profile");
    expect(closedList(objects, images181)).toEqual(closedList(dev, images181));
    const workload: KubernetesObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "own", namespace: "search" },
      spec: { template: { spec: { containers: [{ name: "own", image: "quay.io/team/own:v1" }] } } },
    };
    expect(closedList([...objects, workload], images181)).toContainEqual({
      reference: "quay.io/team/own:v1",
      origins: [
        {
          form: "container",
          object: "Deployment.apps search/own",
          field: "spec.template.spec.containers[own].image",
        },
      ],
    });
  });
});

describe("what registries say of a lock", () => {
  const [one, two, three] = ["1", "2", "3"].map((digit) => `sha256:${digit.repeat(64)}` as const);
  const [first, second] = known(["docker.io/a/b:1", "docker.io/a/c:1"]) as [ListedImage, ListedImage];
  const lockedBefore = { ...second, replacedFrom: "gcr.io/gone:1", digest: two!, size: 1 };
  const found = new Map([
    [first.reference, { digest: one!, mediaType: "m", size: 7 }],
    [second.reference, { digest: three!, mediaType: "m", size: 9 }],
  ]);

  it("records what another source stands in for, and never as the same", () => {
    const source = { source: "ghcr.io/a/c:1", tried: [second.reference] };
    const elsewhere = new Map([[second.reference, { digest: three!, mediaType: "m", size: 9, ...source }]]);
    const taken = { ...lockedBefore, digest: three, mediaType: "m", size: 9, ...source, substitutedFor: two };
    const { images } = withMeasured([lockedBefore], elsewhere, { follow: true });
    expect(images).toEqual([taken]);
    expect(withMeasured(images, elsewhere, { follow: false })).toEqual({ images: [taken], moved: [] });
    expect(withKnown([second], images)).toEqual([{ ...taken, replacedFrom: undefined }]);
  });

  it("fills what is unknown, and changes what is known only when it is told to", () => {
    const moved = [{ reference: second.reference, locked: two, found: three }];
    expect(withMeasured([first, lockedBefore], found, { follow: false })).toEqual({
      images: [{ ...first, digest: one, mediaType: "m", size: 7 }, lockedBefore],
      moved,
    });
    expect(withMeasured([first, lockedBefore], found, { follow: true })).toEqual({
      images: [
        { ...first, digest: one, mediaType: "m", size: 7 },
        { ...lockedBefore, digest: three, mediaType: "m", size: 9 },
      ],
      moved,
    });
  });

  it("leaves alone what nobody answered for", () => {
    expect(withMeasured([first, lockedBefore], new Map(), { follow: true })).toEqual({
      images: [first, lockedBefore],
      moved: [],
    });
  });
});

describe("a list that would not be closed", () => {
  const withText = (text: string): KubernetesObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "stray", namespace: "kubeflow" },
    data: { settings: text },
  });

  it.each(["gcr.io/somebody/tool:v1", "helperImage: quay.io/x/y@sha256:ab", "see registry.k8s.io/pause"])(
    "is refused with the string and its place: %s",
    (text) => {
      expect(() => closedList([...dev, withText(text)], images181)).toThrow(
        /unknown, but looking like images \(\d\):\n {2}"[^"]+" in ConfigMap kubeflow\/stray, data\.settings\n/,
      );
    },
  );

  it("is not what a reviewed word makes", () => {
    expect(() => closedList([...dev, withText("cluster.local/ns/a/sa/b")], images181)).not.toThrow();
  });
});

describe("the list for other tools", () => {
  const small: ImagesLock = {
    version: 1,
    release: "1.8.1",
    images: known([
      "docker.io/library/busybox:1.28",
      `gcr.io/knative-releases/queue@sha256:${"a".repeat(64)}`,
      "quay.io:8443/team/tool:v2",
    ]),
  };

  it("has every image in every format", () => {
    for (const [name, format] of Object.entries(formats)) {
      const text = format(lock, REGISTRY);
      const lacking = lock.images.filter(({ reference }) => {
        const [repository = ""] = reference.split(/@|:(?=[^/]*$)/);
        return !text.includes(name === "skopeo" ? repository.slice(repository.indexOf("/") + 1) : repository);
      });
      expect(lacking, name).toEqual([]);
    }
  });

  it("is skopeo's: registry, repository, tags and digests", () => {
    expect(load(formats.skopeo(small, undefined))).toEqual({
      "docker.io": { images: { "library/busybox": ["1.28"] } },
      "gcr.io": { images: { "knative-releases/queue": [`sha256:${"a".repeat(64)}`] } },
      "quay.io:8443": { images: { "team/tool": ["v2"] } },
    });
  });

  it("is regsync's: each image with where it goes", () => {
    expect(load(formats.regsync(small, REGISTRY))).toMatchObject({
      version: 1,
      sync: [
        {
          source: "docker.io/library/busybox:1.28",
          target: `${REGISTRY}/docker.io/library/busybox:1.28`,
          type: "image",
        },
        {},
        { target: `${REGISTRY}/quay.io-8443/team/tool:v2` },
      ],
    });
  });

  it("is hauler's and zarf's", () => {
    expect(load(formats.hauler(small, undefined))).toMatchObject({
      kind: "Images",
      spec: { images: small.images.map(({ reference }) => ({ name: reference })) },
    });
    expect(load(formats.zarf(small, undefined))).toMatchObject({
      components: [{ images: small.images.map(({ reference }) => reference) }],
    });
  });

  it("says unknown where nothing is known", () => {
    const [, first = ""] = formats.table(small, undefined).split("\n");
    expect(first).toMatch(/busybox:1\.28 .*unknown +unknown$/);
  });
});

describe("with airGap", () => {
  it("only what is compiled in without a switch keeps its name", async () => {
    const moved = (await plannedRelease({ environment: "prod", airGap: { registry: REGISTRY } })).waves.flat();
    const { fixed, others } = foreignUses(moved, images181.places, REGISTRY);
    expect(others).toEqual([]);
    expect(fixed.map(({ reference }) => reference)).toEqual([
      "docker.io/library/python:3.7",
      "docker.io/filebrowser/filebrowser:latest",
    ]);
  });

  it("no two images have one name in the mirror", () => {
    const targets = new Set(lock.images.map(({ reference }) => targetOf(reference, REGISTRY)));
    expect(targets.size).toBe(lock.images.length);
  });
});
