import type { PartDefinition, ReleaseDefinition } from "./releases/index.ts";

export interface Part extends PartDefinition {
  readonly name: string;
}

/**
 * The part of the platform that an object belongs to, by the folder of the source that it comes from. Throws
 * RangeError where the release's table names none: a new folder must be given its part.
 */
export function partOf(release: ReleaseDefinition, origin: string): Part {
  const candidates = Object.entries(release.parts).flatMap(([name, part]) =>
    part.folders.filter((folder) => origin.startsWith(`${folder}/`)).map((folder) => ({ name, part, folder })),
  );
  const best = candidates.sort((a, b) => b.folder.length - a.folder.length)[0];
  if (best === undefined)
    throw new RangeError(`no part of Kubeflow v${release.version} holds ${JSON.stringify(origin)}`);
  return { name: best.name, ...best.part };
}
