import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../../components/settings/parse.ts";
import { createAuthority } from "../../../../rehearsal/control-plane/pki.ts";
import { problemsIn } from "../../../kit/settings-problems.ts";

const dev = { environment: "dev", cloud: "existing" };

const problemsOf = (airGap: unknown) => problemsIn({ ...dev, airGap });

describe("the setting airGap", () => {
  it("is none where it is left out or empty, as Pulumi.yaml has it", () => {
    expect(parseSettings(dev).airGap).toBeUndefined();
    expect(parseSettings({ ...dev, airGap: {} }).airGap).toBeUndefined();
  });

  it.each(["registry.example.com", "registry.example.com:5000/kubeflow", "localhost:5000/a/b"])(
    "takes a registry with an optional folder: %s",
    (registry) => expect(parseSettings({ ...dev, airGap: { registry } }).airGap).toEqual({ registry }),
  );

  it.each([
    "kubeflow",
    "https://registry.example.com",
    "registry.example.com/Kubeflow",
    "registry.example.com/a:1",
    "",
  ])("refuses what is none: %j", (registry) =>
    expect(problemsOf({ registry })).toContain(
      `airGap.registry is ${JSON.stringify(registry)}; it must be a registry, with the folder that the images are below`,
    ),
  );

  it("takes the certificate of an authority, and no other", async () => {
    const authority = await createAuthority("site");
    const registry = "registry.example.com";
    expect(parseSettings({ ...dev, airGap: { registry, ca: authority.certificate } }).airGap?.ca).toContain("BEGIN");
    const leaf = await authority.issue({ commonName: registry });
    for (const ca of [leaf.certificate, "ca.crt"]) {
      expect(problemsOf({ registry, ca })).toContain("it must be the certificate of the registry's authority in PEM");
    }
  });

  it("asks the registry first where it is told to, and takes nothing else for that", () => {
    const registry = "registry.example.com";
    expect(parseSettings({ ...dev, airGap: { registry, verify: true } }).airGap?.verify).toBe(true);
    expect(problemsOf({ registry, verify: "yes" })).toContain(
      'airGap.verify is "yes"; it must be true (before anything is applied, the registry is asked for every image) or false',
    );
  });

  it.each([
    ["authority", "no", "it must be install (nodes are made to trust airGap.ca; the default), or given"],
    ["image", "Bad Image", "it must be an image with a shell that nodes can pull before they trust airGap.ca"],
    ["directory", "certs", "it must be containerd's config_path on the nodes, such as /etc/containerd/certs.d"],
  ])("refuses nodes.%s %j", (key, value, allowed) =>
    expect(problemsOf({ registry: "registry.example.com", nodes: { [key]: value } })).toContain(
      `airGap.nodes.${key} is ${JSON.stringify(value)}; ${allowed}`,
    ),
  );

  it("never shows a password", () => {
    const told = problemsOf({
      registry: "kubeflow",
      pullSecret: { username: "", password: "hunter2", more: "hunter3" },
    });
    expect(told).toContain("airGap.pullSecret.username (value not shown) is wrong");
    expect(told).not.toContain("hunter");
  });
});
