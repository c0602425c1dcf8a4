import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Properties, UNKNOWN } from "../../../rehearsal/host/values.ts";
import { KubernetesProvider } from "../../../rehearsal/providers/kubernetes/index.ts";

let provider: KubernetesProvider;
beforeEach(() => {
  provider = new KubernetesProvider();
});
afterEach(() => provider.close());

describe("check", () => {
  const check = (type: string, newInputs: Properties) => provider.check({ urn: "urn:x", type, newInputs });

  it("fills in what the type says and accepts unknown names", async () => {
    await expect(check("kubernetes:core/v1:ConfigMap", { metadata: { name: UNKNOWN } })).resolves.toEqual({
      inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: UNKNOWN } },
      failures: [],
    });
  });

  it("finds missing names, other kinds and malformed annotations", async () => {
    const annotations = { "pulumi.com/waitFor": "Ready" };
    const { failures } = await check("kubernetes:apps/v1:Deployment", { kind: "Pod", metadata: { annotations } });
    expect(failures.map(({ property }) => property)).toEqual(["kind", "metadata.name", "metadata.annotations"]);
  });

  it.each(["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMapPatch", "kubernetes:yaml/v2:ConfigGroup"])(
    "refuses %s",
    async (type) => {
      await expect(Promise.try(() => check(type, {}))).rejects.toThrow(`does not support ${type}`);
    },
  );
});

describe("configuration", () => {
  const configure = (inputs: Properties) => provider.configure({ inputs, preview: false });

  it.each([
    [{}, "has no `kubeconfig`"],
    [{ kubeconfig: "/no/such/file" }, "the kubeconfig /no/such/file cannot be read: ENOENT"],
    [{ kubeconfig: "a: b\n", enableServerSideApply: "false" }, "does not support the input enableServerSideApply"],
    [{ kubeconfig: "a: b\n", renderYamlToDirectory: "x" }, "does not support the input renderYamlToDirectory"],
    [{ kubeconfig: "clusters: []\ncontexts: []\nusers: []\n", context: "c" }, 'has no cluster for the context "c"'],
  ])("%j is refused", async (inputs, message) => {
    await expect(configure(inputs)).rejects.toThrow(message);
  });
});
