import type { Cell } from "../matrix.ts";
import { type PowerName, POWERS } from "../powers.ts";

/** Powers as letters, small ones for those that are limited to names or ports: `LsC`. */
export function lettersOf(powers: Cell["powers"], only: (power: PowerName) => boolean = () => true): string {
  return [...powers]
    .filter(([power]) => only(power))
    .map(([power, { extent }]) => (extent === "any" ? POWERS[power].letter : POWERS[power].letter.toLowerCase()))
    .join("");
}

/** The cells of a matrix by row and column. */
export function cellsOf(cells: readonly Cell[]): (row: string, column: string) => Cell | undefined {
  const byRow = new Map<string, Map<string, Cell>>();
  for (const cell of cells)
    byRow.set(cell.row, (byRow.get(cell.row) ?? new Map<string, Cell>()).set(cell.column, cell));
  return (row, column) => byRow.get(row)?.get(column);
}
