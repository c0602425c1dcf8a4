/** As RFC 6902 has it; `add` also replaces a member that is there. */
export type JsonPatch = readonly { readonly op: "add"; readonly path: string; readonly value: unknown }[];

/**
 * The patch that turns `before` into `after` at the given paths, whole value by whole value. The parents of all paths
 * have to exist in `before`.
 */
export function patchAt(before: unknown, after: unknown, paths: readonly string[]): JsonPatch {
  return paths.flatMap((path) => {
    const value = valueAt(after, path);
    const isSame = value === undefined || JSON.stringify(value) === JSON.stringify(valueAt(before, path));
    return isSame ? [] : [{ op: "add" as const, path, value }];
  });
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split("/")
    .slice(1)
    .reduce<unknown>((here, step) => (here as Record<string, unknown> | undefined)?.[step], value);
}
