import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, objectId } from "../../../../components/kit/objects.ts";
import { formsOf } from "../../../../components/kubeflow/images/forms/index.ts";
import { splitVersion } from "../../../../components/kubeflow/images/forms/form.ts";
import { formatReference, parseReference } from "../../../../components/kubeflow/images/reference.ts";
import { suspectsIn } from "../../../../components/kubeflow/images/scan.ts";
import { type ImageUse, imagesOf, withImages } from "../../../../components/kubeflow/images/uses.ts";
import { images181 } from "../../../../components/kubeflow/releases/1.8.1/images.ts";
import { realRelease } from "../../../kit/release.ts";
import { reference, versioned } from "./arbitraries.ts";

const { places, notImages } = images181;
let objects: KubernetesObject[];
let uses: ImageUse[];
/** The objects that name images, and what they name. */
let users: { id: string; object: KubernetesObject; written: ImageUse[] }[];

beforeAll(async () => {
  objects = (await realRelease()).map(({ object }) => object);
  uses = imagesOf(objects, places);
  const byObject = Map.groupBy(uses, ({ object }) => object);
  users = objects
    .map((object) => ({ id: objectId(object), object, written: byObject.get(objectId(object)) ?? [] }))
    .filter(({ written }) => written.some(({ rewritable }) => rewritable));
});

describe("the images of v1.8.1", () => {
  it("are written in as many places as counted by hand, in each way", () => {
    const counts = Object.fromEntries(
      [...Map.groupBy(uses, ({ form }) => form)].map(([form, all]) => [form, all.length]),
    );
    expect(counts).toEqual({
      // 54 of workloads, 9 of ClusterServingRuntimes.
      container: 63,
      "custom resource": 1,
      flag: 2,
      environment: 2,
      "ConfigMap key": 3,
      "ConfigMap document": 55,
      "hub and tag": 2,
      // 7 with a switch, 2 without.
      "compiled in": 9,
      "version compiled in": 12,
    });
    expect(new Set(uses.map(({ reference: image }) => image)).size).toBe(115);
  });

  it("are found in every place that is known of", () => {
    const known = new Set(uses.map(({ object, field }) => `${object} ${field}`));
    const expected = [
      ...places.flags.map(({ workload, container, flag }) => `${workload} [${container}] ${flag}`),
      ...places.variables.map(({ workload, container, variable }) => `${workload} [${container}] ${variable}`),
      ...places.keys.map(({ configMap, key }) => `${configMap} ${key}`),
      ...places.fixed.map(({ workload, note }) => `${workload} ${note}`),
    ];
    expect(expected.filter((place) => !known.has(place))).toEqual([]);
    for (const { configMap } of places.documents) expect(uses.map(({ object }) => object)).toContain(configMap);
  });

  it("are all: no other string of any object looks like one", () => {
    expect(suspectsIn(objects, uses, notImages)).toEqual([]);
  });

  it("would be missed if one way to write them were forgotten", () => {
    for (const form of ["container", "custom resource", "flag", "ConfigMap key", "ConfigMap document"]) {
      const without = uses.filter((use) => use.form !== form);
      expect(suspectsIn(objects, without, notImages), form).not.toEqual([]);
    }
  });

  it("need each row of the table of what is none", () => {
    for (const row of notImages) {
      const without = notImages.filter((one) => one !== row);
      expect(suspectsIn(objects, uses, without).length, row.why).toBeGreaterThan(0);
    }
  });
});

describe("rewriting", () => {
  it("nothing returns the very same objects", () => {
    for (const object of objects) expect(withImages(object, places, (same) => same)).toBe(object);
  });

  it("gives each place the reference that it is meant to have, whatever it is", () => {
    fc.assert(
      fc.property(versioned, (wanted) => {
        for (const { id, object, written } of users) {
          const rewritten = withImages(object, places, () => wanted);
          const isWritten = ({ rewritable, form }: ImageUse) => rewritable && form !== "version compiled in";
          const found = imagesOf([rewritten], places).filter(isWritten);
          expect(found.length, id).toBe(written.filter(isWritten).length);
          for (const use of found) expect(use.reference, `${id} ${use.field}`).toBe(formatReference(wanted));
          expect(
            withImages(rewritten, places, () => wanted),
            id,
          ).toBe(rewritten);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("and rewriting back leaves everything else as it was, to the byte", () => {
    const home = new Map(uses.map(({ reference: image, text }) => [image, text]));
    for (const { id, object, written } of users) {
      if (written.some(({ form }) => form === "compiled in")) continue;
      const away = withImages(object, places, (one) => ({ ...one, path: `elsewhere/${one.host}/${one.path}` }));
      expect(away, id).not.toEqual(object);
      const back = formsOf(places).reduce(
        (changing, { through }) =>
          through(changing, (text) => {
            const { path, ...rest } = parseReference(text);
            const [host = "", ...folders] = path.split("/").slice(1);
            const image = formatReference({ ...rest, host, path: folders.join("/") });
            return home.get(image) ?? image;
          }),
        away,
      );
      expect(JSON.stringify(back), id).toBe(JSON.stringify(object));
    }
  });

  it("what is compiled in sets the switch, and nothing else", () => {
    const operator = users.find(({ id }) => id === "Deployment.apps kubeflow/training-operator")?.object;
    const wanted = parseReference("registry.example.com/alpine:3.10");
    const rewritten = withImages(operator as KubernetesObject, places, (one) =>
      one.path === "library/alpine" ? wanted : one,
    );
    expect(rewritten).toHaveProperty("spec.template.spec.containers.0.args", [
      "--pytorch-init-container-image=registry.example.com/alpine:3.10",
    ]);
    expect(rewritten).toHaveProperty("spec.template.spec.containers.0.image", "kubeflow/training-operator:v1-855e096");
  });

  it("of a reference in two parts refuses one without a version", () => {
    fc.assert(
      fc.property(reference, (one) => {
        const text = formatReference(one);
        if (one.tag === undefined && one.digest === undefined) {
          expect(() => splitVersion(text)).toThrow("needs a tag or a digest");
        } else {
          const { name, version } = splitVersion(text);
          expect(`${name}:${version}`).toBe(text);
          expect(version).not.toContain("/");
        }
      }),
    );
  });
});
