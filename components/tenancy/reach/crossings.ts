import type { Cell, Matrix } from "./matrix.ts";

/** Powers of somebody in a profile beside another that is theirs. */
export interface Crossing {
  readonly row: string;
  /** The profiles that the row is at home in: that of the pods, those in which a person has powers. */
  readonly homes: readonly string[];
  readonly column: string;
  readonly powers: Cell["powers"];
}

/**
 * What crosses the borders of profiles: people with powers in more than one, and pods with any in another than their
 * own. The platform's components, which serve all profiles, are left out.
 */
export function crossingsOf({ rows, columns, cells }: Matrix): Crossing[] {
  const profiles = new Set(columns.filter(({ kind }) => kind === "profile").map(({ id }) => id));
  const inProfiles = Map.groupBy(
    cells.filter(({ column }) => profiles.has(column)),
    ({ row }) => row,
  );
  return rows
    .filter(({ kind }) => kind !== "platform")
    .flatMap(({ id, profile }) => {
      const own = inProfiles.get(id) ?? [];
      const homes = profile === undefined ? own.map(({ column }) => column) : [profile];
      const foreign = own.filter(({ column }) => homes.length > 1 || column !== homes[0]);
      return foreign.map(({ column, powers }) => ({ row: id, homes, column, powers }));
    });
}
