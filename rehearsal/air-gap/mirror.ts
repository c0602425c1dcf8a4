import { canonical, parseReference } from "../../components/kubeflow/images/reference.ts";
import { contentsOf, type Holding, isBelow, type MirrorContents } from "./contents.ts";
import { push } from "../../components/mirror/transfer/push.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { serveRegistry } from "./registry.ts";
import { syntheticImages } from "./synthetic.ts";

/** A mirror of a site as a rehearsal has it: a registry of this machine under the site's names. */
export interface RehearsedMirror extends MirrorContents {
  stop(): Promise<void>;
}

export interface RehearsedMirrorOptions {
  /** The program `registry`. */
  readonly binary: string;
  /** For its files; removed at the end. */
  readonly folder: string;
  /** What the site calls its mirror: `registry.example.com:5000/kubeflow`. */
  readonly registry: string;
  /** What was pushed to it, by the names under which it is published. */
  readonly references: readonly string[];
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const CONCURRENCY = 8;

/**
 * A real registry into which `push` brings a synthetic image for every reference. Tags are resolved there; what is named
 * by a digest cannot be made up, so it is looked for in the list alone.
 */
export async function rehearsedMirror(options: RehearsedMirrorOptions): Promise<RehearsedMirror> {
  const { registry, references, report, signal } = options;
  const { path } = parseReference(`${registry}/image`);
  const running = await serveRegistry(options.binary, options.folder);
  // Nobody's credentials and proxies: it is a registry of this machine.
  const registries = new Registries({ env: { HOME: options.folder }, concurrency: CONCURRENCY, report, signal });
  const stop = async () => {
    await registries.close();
    await running.stop();
  };
  try {
    const tagged = references.filter((reference) => parseReference(reference).digest === undefined);
    const to = `${running.host}/${path}`.slice(0, -"/image".length);
    const content = syntheticImages(tagged);
    const { failures } = await push({ content, to, registries, concurrency: CONCURRENCY, report, signal });
    for (const { error } of failures) throw error;
  } catch (error) {
    await stop();
    throw error;
  }
  const local = registries.of(running.host);
  const listed = contentsOf(
    references.map((reference) => ({ reference })),
    registry,
  );
  const known = new Map<string, Promise<Holding>>();
  const find = async (reference: string): Promise<Holding> => {
    if (!isBelow(registry, reference)) return "foreign";
    const { path: repository, tag = "latest", digest } = parseReference(reference);
    if (digest !== undefined) return listed.find(reference);
    return (await local.head(repository, tag)) === undefined ? "missing" : "resolved";
  };
  return {
    find(reference) {
      const name = canonical(reference);
      const holding = known.get(name) ?? find(name);
      known.set(name, holding);
      return holding;
    },
    stop,
  };
}
