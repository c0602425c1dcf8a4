import { UserError } from "../../components/kit/errors.ts";
import { mask, type ResourceRecord } from "../../rehearsal/host/index.ts";
import { runProgram } from "../../test/kit/program.ts";
import type { Benchmark, Figures } from "../harness/benchmark.ts";

/** What the state has to hold of the program's graph. */
export const state: Benchmark = {
  name: "state",
  timed: false,
  description:
    "From the graph of the program, no control plane: what it registers for `dev`, as JSON, and the lists of " +
    "what each depends on, against the same order without gates, where every object lists the whole wave before it. A " +
    "state holds both, and the CLI writes it as a whole.",
  async run() {
    const { ok, resources, failures } = await runProgram({
      environment: "dev",
      cloud: "existing",
      secret: "benchmark".repeat(4),
    });
    if (!ok) throw new UserError(`the program failed: ${failures.map(({ message }) => message).join("; ")}`);
    return stateFigures(resources);
  },
};

/** What of a resource matters here. */
export type Node = Pick<ResourceRecord, "urn" | "inputs" | "dependencies">;

/** The table of a graph as it is and as it would be without its gates. */
export function stateFigures(resources: readonly Node[]): Figures {
  const objects = resources.filter(({ urn }) => !isGate(urn));
  const inputBytes = resources.reduce((sum, { inputs }) => sum + JSON.stringify(mask(inputs)).length, 0);
  const lists = { gates: resources.map(listOf), objects: objects.map(listOf) };
  const ungated = withoutGates(resources).map(listOf);
  const row = (name: string, all: readonly List[], ofObjects: readonly List[]) => [
    name,
    megabytes(inputBytes),
    total(all, "length").toLocaleString("en"),
    Math.max(...ofObjects.map(({ length }) => length)).toLocaleString("en"),
    megabytes(total(all, "bytes")),
  ];
  const ratio = (inputBytes + total(lists.gates, "bytes")) / (inputBytes + total(ungated, "bytes"));
  return {
    columns: ["", "registered inputs", "dependencies", "longest list of an object", "bytes of the lists"],
    rows: [row("with gates", lists.gates, lists.objects), row("without", ungated, ungated)],
    result: `With gates inputs and lists come to ${ratio.toFixed(2)}x of what they are without.`,
  };
}

/** The objects alone, each depending on what its gates depended on. */
export function withoutGates(resources: readonly Node[]): Node[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const ungated = (urn: string): readonly string[] => (isGate(urn) ? (byUrn.get(urn)?.dependencies ?? []) : [urn]);
  return resources
    .filter(({ urn }) => !isGate(urn))
    .map((resource) => ({ ...resource, dependencies: [...new Set(resource.dependencies.flatMap(ungated))] }));
}

interface List {
  readonly length: number;
  readonly bytes: number;
}

function listOf({ dependencies }: Node): List {
  return { length: dependencies.length, bytes: JSON.stringify(dependencies).length };
}

function total(lists: readonly List[], field: keyof List): number {
  return lists.reduce((sum, list) => sum + list[field], 0);
}

function isGate(urn: string): boolean {
  return urn.includes("::kubeflow/kubeflow-install-wave-");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
