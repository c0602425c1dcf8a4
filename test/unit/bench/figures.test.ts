import { describe, expect, it } from "vitest";
import { hostFigures } from "../../../bench/benchmarks/host.ts";
import { previewFigures } from "../../../bench/benchmarks/preview.ts";
import { profilesFigures } from "../../../bench/benchmarks/profiles.ts";
import { reachFigures } from "../../../bench/benchmarks/reach.ts";
import { stateFigures, withoutGates } from "../../../bench/benchmarks/state.ts";
import { withoutPulumi } from "../../../bench/contenders/kubectl.ts";

const run = (seconds: number) => ({ seconds, cpuSeconds: seconds, peakBytes: 200e6 });

describe("the figures of the host", () => {
  it("leave out what a start costs when they judge whether it is linear", () => {
    const linear = (size: number) => ({ size, runs: [run(1 + size * 0.002)] });
    const { rows, result } = hostFigures([linear(600), linear(2000), linear(6000)]);
    expect(rows.map(([size, , each, further]) => [size, each, further])).toEqual([
      ["600", "3.67", ""],
      ["2,000", "2.50", "2.00"],
      ["6,000", "2.17", "2.00"],
    ]);
    expect(result).toContain("costs 1.00x as much");
  });

  it("show a cost that grows with the size", () => {
    const square = (size: number) => ({ size, runs: [run(size ** 2 / 1e6)] });
    expect(hostFigures([square(600), square(2000), square(6000)]).result).toContain("costs 3.08x as much");
  });
});

describe("the figures of the matrix", () => {
  it("hold 50 profiles to three seconds, by the median", () => {
    const ofSize = (size: number, ...seconds: number[]) => ({
      size,
      runs: seconds.map((it) => ({ seconds: it, rows: size * 13, bytes: 2e6 })),
    });
    const { rows, result } = reachFigures([ofSize(10, 0.2), ofSize(50, 9, 1.5, 1.2)]);
    expect(rows).toEqual([
      ["10", "100", "130", "0.2", "2.0 MB"],
      ["50", "2,500", "650", "1.5 (1.2 to 9.0)", "2.0 MB"],
    ]);
    expect(result).toContain("takes 0.50x of the 3 s");
  });
});

describe("the figures of profiles", () => {
  it("are what they add to an installation, against kubectl and what they may", () => {
    const runs = (...seconds: number[]) => seconds.map(run);
    const { rows, result } = profilesFigures({
      objects: 1460,
      without: runs(20, 18, 19),
      with: runs(29, 28, 60),
      kubectl: runs(8),
    });
    expect(rows.map(([name, seconds]) => [name, seconds])).toEqual([
      ["without profiles", "19.0 (18.0 to 20.0)"],
      ["with 50 profiles", "29.0 (28.0 to 60.0)"],
      ["kubectl, 1,460 objects of profiles", "8.0"],
    ]);
    expect(result).toContain(
      "add 10.0 s, which is 1.25x of what kubectl takes for their objects, and 0.50x of the 20 s",
    );
  });
});

describe("the figures of the state", () => {
  const urn = (name: string) => `urn:pulumi:test::kubeflow::kubernetes:core/v1:ConfigMap::kubeflow/${name}`;
  const node = (name: string, ...dependencies: string[]) => ({ urn: urn(name), inputs: { name }, dependencies });
  const gate = "kubeflow-install-wave-1";
  const graph = [
    node("a"),
    node("b"),
    node("c"),
    node(gate, urn("a"), urn("b"), urn("c")),
    node("d", urn(gate)),
    node("e", urn(gate)),
  ];

  it("compare with the same order without gates", () => {
    const bare = withoutGates(graph);
    expect(bare.map((one) => one.urn)).toEqual(["a", "b", "c", "d", "e"].map(urn));
    expect(bare.at(-1)?.dependencies).toEqual(["a", "b", "c"].map(urn));
  });

  it("count the longest list of an object, to which no gate belongs", () => {
    const { rows } = stateFigures(graph);
    expect(rows.map(([name, , dependencies, longest]) => [name, dependencies, longest])).toEqual([
      ["with gates", "5", "1"],
      ["without", "6", "3"],
    ]);
  });
});

describe("what kubectl is given", () => {
  const object = (annotations: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", annotations },
    data: {},
  });

  it("has no annotations that only Pulumi understands", () => {
    expect(withoutPulumi(object({ "pulumi.com/waitFor": "x", kept: "y" })).metadata.annotations).toEqual({ kept: "y" });
    expect(withoutPulumi(object({ "pulumi.com/skipAwait": "true" })).metadata).toEqual({ name: "a" });
  });
});

describe("the figures of previews", () => {
  const all = (seconds: number, existing = 4) => ({
    existing: [run(existing)],
    aws: [run(seconds)],
    gcp: [run(5)],
    digitalocean: [run(5)],
  });

  it("compare the slowest cloud with Kubeflow alone, and hold it to its bounds", () => {
    expect(previewFigures(all(6)).result).toBe(
      "The slowest cloud takes 1.50x as long as Kubeflow alone, which is within 8 s and 500 MB.",
    );
    expect(previewFigures(all(9)).result).toContain("is beyond 8 s");
  });
});
