import { isWithin, parseReference } from "../../kubeflow/images/reference.ts";
import { MirrorError } from "../errors.ts";
import { explainPull } from "../registry/explain.ts";
import type { Place } from "./plan.ts";
import type { Registries } from "../registry/index.ts";
import type { WantedImage } from "../list/wanted.ts";

/** Another place for what is published below an origin: a cache of the company, a copy of what is gone. */
export interface Source {
  /** A registry, a folder of one, or a repository: `docker.io`, `gcr.io/ml-pipeline`. */
  readonly origin: string;
  /** What stands for that: `artifacts.example.com/docker-hub`. */
  readonly place: string;
}

/** Reads `docker.io=artifacts.example.com/docker-hub`. Throws RangeError for anything else. */
export function parseSource(text: string): Source {
  const [origin = "", place = "", ...rest] = text.split("=");
  if (rest.length > 0 || !isPlace(origin) || !isPlace(place)) {
    throw new RangeError(`${JSON.stringify(text)} is not such as docker.io=artifacts.example.com/docker-hub`);
  }
  return { origin, place };
}

/** Where an image can be had: at the sources of its origin, in their order, then where it is published. */
export function placesOf(reference: string, sources: readonly Source[]): readonly Place[] {
  const { host, path: repository } = parseReference(reference);
  const published = `${host}/${repository}`;
  const others = sources
    .filter(({ origin }) => isWithin(published, origin))
    .map(({ origin, place }) => parseReference(place + published.slice(origin.length)));
  return [...others.map((other) => ({ host: other.host, repository: other.path })), { host, repository }];
}

/** Where an image is looked for: first where the lock says that it was found. */
export function placesFor({ reference, source }: WantedImage, sources: readonly Source[]): readonly Place[] {
  const places = placesOf(reference, sources);
  if (source === undefined) return places;
  const { host, path: repository } = parseReference(source);
  return [{ host, repository }, ...places];
}

/**
 * Does work at the first place that has an image. Throws MirrorError: of what is nowhere E_GONE, naming all places; any other
 * failure at once.
 */
export async function atFirst<T>(
  reference: string,
  places: readonly Place[],
  registries: Registries,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  let last: unknown;
  for (const place of places) {
    const { host, repository } = place;
    try {
      return await work(place);
    } catch (caught) {
      last = await explainPull(caught, reference, host, () => registries.of(host).isKnown(repository));
      if (!(last instanceof MirrorError) || last.code !== "E_GONE") throw last;
    }
  }
  if (places.length === 1) throw last;
  const tried = places.map(({ host, repository }) => `${host}/${repository}`);
  throw new MirrorError("E_GONE", `${reference} is nowhere: tried ${tried.join(", ")}`, {
    next: "name another source for it (--source), or log in if it is private",
    cause: last,
  });
}

function isPlace(text: string): boolean {
  try {
    return text.startsWith(parseReference(`${text}/image`).host);
  } catch {
    return false;
  }
}
