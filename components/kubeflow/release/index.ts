import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { obtain } from "../../../toolchain/index.ts";
import { cached } from "../../kit/cache.ts";
import { UserError } from "../../kit/errors.ts";
import type { ExtraDefinition, ReleaseDefinition } from "../releases/index.ts";
import { takenFrom, withExtra } from "./extras.ts";
import { compareWithLock, type Lock, type LockDifference } from "./lock.ts";
import { render, type SourcedObject } from "./render.ts";
import { findSource, type Source, type SourceOptions } from "./source.ts";

export type { SourcedObject } from "./render.ts";

export interface LoadOptions extends SourceOptions {
  readonly signal?: AbortSignal;
  /** What is taken beside the release, by the names of its definition. */
  readonly extras?: readonly string[];
}

/**
 * The objects of a release as its manifests say them, checked one by one against the committed lock.
 *
 * Rendered once for each content of the source and cached; the check is made every time. Throws UserError naming the
 * objects that differ, and for a source that is missing, damaged or incomplete.
 */
export async function loadRelease(
  release: ReleaseDefinition,
  setting: string | undefined,
  options: LoadOptions = {},
): Promise<SourcedObject[]> {
  const source = await findSource(release, setting, options);
  const shipped = await renderCached(release, source, options);
  verify(shipped, await lockIn(release.lock), source);
  let objects = shipped;
  for (const name of options.extras ?? []) {
    const extra = await renderExtra(release, name, source, options);
    verify(extra.objects, await lockIn(extra.lock), source);
    objects = withExtra(objects, extra.objects);
  }
  return objects;
}

async function lockIn(file: URL): Promise<Lock> {
  return JSON.parse(await readFile(file, "utf8")) as Lock;
}

/** What is taken of an extra, whether or not it is the release's. Throws RangeError for a name that it does not have. */
export async function renderExtra(
  release: ReleaseDefinition,
  name: string,
  source: Source,
  options: LoadOptions = {},
): Promise<{ objects: SourcedObject[]; lock: URL }> {
  const extra = release.extras[name];
  if (extra === undefined) throw new RangeError(`Kubeflow v${release.version} has no extra ${JSON.stringify(name)}`);
  const rendered = await renderCached(release, source, options, { name, ...extra });
  return { objects: takenFrom(rendered, extra), lock: extra.lock };
}

const RENDERED = "objects.json";

/** The rendering of a source, whether or not it is the release's; of another kustomization than the release's if named. */
export async function renderCached(
  release: ReleaseDefinition,
  source: Source,
  options: LoadOptions = {},
  other?: Pick<ExtraDefinition, "kustomization" | "supplied"> & { readonly name: string },
): Promise<SourcedObject[]> {
  const entry = await cached(
    path.join("releases", [release.version, source.key.slice(0, 20), other?.name].filter(Boolean).join("-")),
    async (draft) => {
      const what = other === undefined ? "" : `${other.name} of `;
      options.report?.(`rendering ${what}Kubeflow v${release.version} from ${source.description}`);
      const { kustomize } = await obtain(["kustomize"], options);
      const scratch = path.join(draft, "scratch");
      await mkdir(scratch);
      const directory = await source.open(scratch);
      if (other?.supplied !== undefined && !existsSync(path.join(directory, other.kustomization))) {
        const next = other.supplied;
        throw new UserError(`the manifests from ${source.description} have no ${other.kustomization}`, { next });
      }
      const objects = await render({
        directory,
        kustomization: other?.kustomization ?? release.kustomization,
        scratch,
        kustomize,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      await rm(scratch, { recursive: true });
      await writeFile(path.join(draft, RENDERED), JSON.stringify(objects));
    },
    { ...options, onWait: () => options.report?.("another run is rendering the release, waiting for that") },
  );
  return JSON.parse(await readFile(path.join(entry, RENDERED), "utf8")) as SourcedObject[];
}

/** Throws UserError naming every object that differs from the lock. */
export function verify(objects: readonly SourcedObject[], lock: Lock, source: Pick<Source, "description">): void {
  const difference = compareWithLock(
    objects.map(({ object }) => object),
    lock,
  );
  const lines = describe(difference);
  if (lines.length === 0) return;
  throw new UserError(
    [`the manifests from ${source.description} are not Kubeflow v${lock.version} as locked:`, ...lines].join("\n"),
    { next: "use an unchanged copy of the release; changes belong into the settings, not into the source" },
  );
}

function describe(difference: LockDifference): string[] {
  return Object.entries(difference).flatMap(([how, ids]: [string, readonly string[]]) => {
    if (ids.length === 0) return [];
    const shown = ids.slice(0, 10).join(", ");
    return [`  ${how} (${ids.length}): ${shown}${ids.length > 10 ? `, and ${ids.length - 10} more` : ""}`];
  });
}
