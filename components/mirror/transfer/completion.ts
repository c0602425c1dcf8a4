import type { Layout } from "../layout/layout.ts";
import type { BlobTask, ImageGraph } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** Lists each image as soon as the last of its blobs is there. */
export class Completion {
  readonly #layout: Layout;
  readonly #graphs: ReadonlyMap<string, ImageGraph>;
  readonly #missing: Map<string, number>;

  constructor(graphs: readonly ImageGraph[], tasks: readonly BlobTask[], layout: Layout) {
    this.#layout = layout;
    this.#graphs = new Map(graphs.map((graph) => [graph.reference, graph]));
    this.#missing = new Map(graphs.map(({ reference }) => [reference, 0]));
    for (const reference of tasks.flatMap(({ neededBy }) => neededBy)) {
      this.#missing.set(reference, (this.#missing.get(reference) ?? 0) + 1);
    }
  }

  /** Images of which nothing is missing. */
  async listWhole(tally: Tally): Promise<void> {
    const whole = [...this.#graphs.values()].filter(({ reference }) => this.#missing.get(reference) === 0);
    await Promise.all(whole.map((graph) => this.#list(graph, tally)));
  }

  async has({ neededBy }: BlobTask, tally: Tally, failures: ReadonlyMap<string, unknown>): Promise<void> {
    for (const reference of neededBy) {
      const left = (this.#missing.get(reference) ?? 0) - 1;
      this.#missing.set(reference, left);
      const graph = this.#graphs.get(reference);
      if (left === 0 && graph !== undefined && !failures.has(reference)) await this.#list(graph, tally);
    }
  }

  async #list({ reference, root }: ImageGraph, tally: Tally): Promise<void> {
    tally.addImage();
    if (!this.#layout.isListed(reference, root)) await this.#layout.list(reference, root);
  }
}
