import { explainStorage } from "../errors.ts";
import type { Layout } from "../layout/layout.ts";
import type { BlobTask, ImageGraph } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** Lists each image as soon as the last of its blobs is there; nothing waits until that is written but the end. */
export class Completion {
  readonly #layout: Layout;
  readonly #graphs: ReadonlyMap<string, ImageGraph>;
  readonly #missing: Map<string, number>;
  #isChanged = false;

  constructor(graphs: readonly ImageGraph[], tasks: readonly BlobTask[], layout: Layout) {
    this.#layout = layout;
    this.#graphs = new Map(graphs.map((graph) => [graph.reference, graph]));
    this.#missing = new Map(graphs.map(({ reference }) => [reference, 0]));
    for (const reference of tasks.flatMap(({ neededBy }) => neededBy)) {
      this.#missing.set(reference, (this.#missing.get(reference) ?? 0) + 1);
    }
  }

  /** Images of which nothing is missing. */
  listWhole(tally: Tally): void {
    for (const graph of this.#graphs.values()) if (this.#missing.get(graph.reference) === 0) this.#list(graph, tally);
  }

  has({ neededBy }: BlobTask, tally: Tally, failures: ReadonlyMap<string, unknown>): void {
    for (const reference of neededBy) {
      const left = (this.#missing.get(reference) ?? 0) - 1;
      this.#missing.set(reference, left);
      const graph = this.#graphs.get(reference);
      if (left === 0 && graph !== undefined && !failures.has(reference)) this.#list(graph, tally);
    }
  }

  /** Resolves once all that is listed is written. Throws MirrorError where the disk does not take it. */
  async saved(): Promise<void> {
    await (this.#isChanged ? this.#layout.save() : this.#layout.written()).catch((error: unknown) => {
      throw explainStorage(error, this.#layout.name);
    });
  }

  #list({ reference, root }: ImageGraph, tally: Tally): void {
    tally.addImage();
    if (this.#layout.isListed(reference, root)) return;
    this.#isChanged = true;
    // What cannot be written now is tried once more, and told, at the end.
    this.#layout.list(reference, root).catch(() => undefined);
  }
}
