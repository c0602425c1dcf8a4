import type { Matrix } from "../matrix.ts";

/** The matrix as plain values; powers are written out, with what gives them. */
export function asJson({ rows, columns, cells }: Matrix): object {
  return {
    rows: rows.map(({ id, kind, profile, subject }) => ({
      ...{ id, kind, user: subject.user },
      ...(profile === undefined ? {} : { profile }),
    })),
    columns,
    cells: cells.map(({ row, column, powers }) => ({ row, column, powers: Object.fromEntries(powers) })),
  };
}
