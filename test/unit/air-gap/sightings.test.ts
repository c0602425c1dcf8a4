import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { contentsOf } from "../../../rehearsal/air-gap/contents.ts";
import { MADE_FOR, Sightings } from "../../../rehearsal/air-gap/sightings.ts";

const MIRROR = "registry.example.com/kubeflow";
const listed = ["docker.io/library/busybox:1.28", `gcr.io/knative/queue@sha256:${"a".repeat(64)}`];
const contents = contentsOf(
  listed.map((reference) => ({ reference, origins: [] })),
  MIRROR,
);
const HELD = `${MIRROR}/docker.io/library/busybox:1.28`;
const PINNED = `${MIRROR}/gcr.io/knative/queue@sha256:${"a".repeat(64)}`;

const pod = (images: readonly string[], metadata: V1Pod["metadata"] = {}): V1Pod => ({
  metadata: { name: "p", ...metadata },
  spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
});

describe("the images of pods", () => {
  it("are counted", async () => {
    const sightings = new Sightings(contents);
    await sightings.see(pod([HELD, PINNED]), "team");
    await sightings.see(pod([HELD], { name: "q" }), "team");
    expect(sightings.check()).toEqual({
      pods: 2,
      images: 2,
      resolved: 0,
      listed: [HELD, PINNED],
      missing: [],
      foreign: [],
    });
  });

  it("that the mirror does not hold are told with everybody who would pull them", async () => {
    const sightings = new Sightings(contents);
    const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d9", uid: "1", controller: true };
    const labels = { "pod-template-hash": "5d9" };
    await sightings.see(pod([HELD, "busybox:1.28"], { labels, ownerReferences: [replicaSet] }), "team");
    await sightings.see(
      pod(["docker.io/library/busybox:1.28"], { annotations: { [MADE_FOR]: "Notebook a/b" } }),
      "team",
    );
    await sightings.see(pod([`${MIRROR}/docker.io/library/busybox:1.29`]), "team");
    expect(sightings.check()).toMatchObject({
      foreign: [
        {
          reference: "docker.io/library/busybox:1.28",
          origins: ["Deployment team/web, container c1", "Notebook a/b, container c0"],
        },
      ],
      missing: [{ reference: `${MIRROR}/docker.io/library/busybox:1.29`, origins: ["Pod team/p, container c0"] }],
    });
  });

  it("of init and debugging containers count as well", async () => {
    const sightings = new Sightings(contents);
    const spec = {
      containers: [{ name: "main", image: HELD }],
      initContainers: [{ name: "init", image: "a/b:1" }],
      ephemeralContainers: [{ name: "debug", image: "a/c:1" }],
    };
    await sightings.see({ metadata: { name: "p" }, spec }, "team");
    expect(sightings.check().foreign.map(({ reference }) => reference)).toEqual(["docker.io/a/b:1", "docker.io/a/c:1"]);
  });

  it("that are none are foreign, too", async () => {
    const sightings = new Sightings(contents);
    await sightings.see(pod(["", "Not An Image"]), "team");
    expect(sightings.check().foreign).toEqual([
      { reference: "(no image)", origins: ["Pod team/p, container c0"] },
      { reference: "Not An Image", origins: ["Pod team/p, container c1"] },
    ]);
  });
});
