import type { Cell, Column, Matrix } from "../matrix.ts";
import { POWERS, type PowerName } from "../powers.ts";
import type { Row } from "../rows.ts";
import { cellsOf, lettersOf } from "./letters.ts";

/** Colours, for the gravest of the powers in a cell. */
const SHADES: readonly { readonly fill: string; readonly powers: readonly PowerName[] }[] = [
  { fill: "#e5868d", powers: ["grant", "impersonate", "namespace", "run", "exec", "forge"] },
  { fill: "#edae49", powers: ["secrets"] },
  { fill: "#f2d388", powers: ["change", "delete"] },
  { fill: "#9cc5a1", powers: ["list", "open"] },
  { fill: "#8ab6d6", powers: ["reach"] },
];
const LIMITED = "a small letter: only with objects of certain names, or on certain ports";

const FONT = 12;
/** Width of a character of a monospaced font, by its size. */
const CHARACTER = FONT * 0.61;
const LINE = 18;
const MARGIN = 16;
/** Above so many columns a cell is a coloured square, whose letters are its title. */
const MOST_LETTERED_COLUMNS = 24;

/** A picture of a matrix; rows in which everything is the same are drawn as one. The same matrix gives the same text. */
export function asSvg(matrix: Matrix, title: string): string {
  const { columns } = matrix;
  const cellOf = cellsOf(matrix.cells);
  const rows = mergedRows(matrix, cellOf);
  const hasLetters = columns.length <= MOST_LETTERED_COLUMNS;
  const cellWidth = hasLetters ? 92 : LINE;
  const left = MARGIN + Math.max(...rows.map(({ label }) => label.length)) * CHARACTER + 8;
  const legendTop = MARGIN + LINE + 10;
  const top = legendTop + LINE * LEGEND_LINES + Math.max(...columns.map(({ id }) => id.length)) * CHARACTER * 0.75 + 8;
  const width = left + columns.length * cellWidth + MARGIN + 90;
  const height = top + rows.length * LINE + MARGIN + LINE;
  const x = (index: number) => left + index * cellWidth;
  const y = (index: number) => top + index * LINE;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(MARGIN, MARGIN + FONT, title, `font-size="16" font-weight="bold"`),
    ...legend(legendTop),
    ...columns.map((column, index) => columnLabel(column, x(index) + cellWidth / 2, top - 8)),
    ...rows.flatMap(({ label, row }, index) => [
      `<g transform="translate(0 ${round(y(index))})">`,
      ...(index % 2 === 0 ? [`<rect x="0" width="${round(width)}" height="${LINE}" fill="#f6f6f4"/>`] : []),
      text(MARGIN, 13, label),
      ...columns.flatMap((column, at) => {
        const cell = cellOf(row.id, column.id);
        return cell === undefined ? [] : [cellDrawn(cell, x(at), cellWidth, hasLetters)];
      }),
      `</g>`,
    ]),
    `</svg>`,
  ].join("\n")}\n`;
}

interface DrawnRow {
  readonly row: Row;
  readonly label: string;
}

function mergedRows({ rows, columns }: Matrix, cellOf: ReturnType<typeof cellsOf>): DrawnRow[] {
  const signature = ({ id, kind }: Row) =>
    JSON.stringify([kind, columns.map((column) => lettersOf(cellOf(id, column.id)?.powers ?? new Map()))]);
  return [...Map.groupBy(rows, signature).values()].flatMap((same) => {
    const [row] = same;
    if (row === undefined) return [];
    return [{ row, label: same.length === 1 ? row.id : `${row.id} and ${same.length - 1} more` }];
  });
}

function cellDrawn(cell: Cell, x: number, width: number, hasLetters: boolean): string {
  const letters = lettersOf(cell.powers);
  const shade = SHADES.find(({ powers }) => powers.some((power) => cell.powers.has(power)));
  const told = [...cell.powers].map(([power]) => POWERS[power].means).join("; ");
  return [
    `<g><title>${escaped(`${cell.row}, ${cell.column}: ${letters} (${told})`)}</title>`,
    `<rect x="${round(x + 1)}" y="1" width="${round(width - 2)}" height="${LINE - 2}" rx="2" fill="${shade?.fill ?? "#dddddd"}"/>`,
    ...(hasLetters ? [text(x + width / 2, 13, letters, `text-anchor="middle"`)] : []),
    `</g>`,
  ].join("");
}

function columnLabel({ id, kind }: Column, x: number, y: number): string {
  const weight = kind === "profile" ? ` font-weight="bold"` : "";
  return `<text transform="translate(${round(x)} ${round(y)}) rotate(-45)"${weight}>${escaped(id)}</text>`;
}

function legend(top: number): string[] {
  const lines = SHADES.flatMap(({ fill, powers }) => powers.map((power) => ({ fill, ...POWERS[power] })));
  return [
    ...lines.flatMap(({ fill, letter, means }, index) => {
      const y = top + index * LINE;
      return [
        `<rect x="${MARGIN}" y="${round(y)}" width="14" height="14" rx="2" fill="${fill}"/>`,
        text(MARGIN + 22, y + FONT - 1, `${letter}  ${means}`),
      ];
    }),
    text(MARGIN + 22, top + lines.length * LINE + FONT - 1, LIMITED),
  ];
}

/** Lines of the legend: one a power, and one on small letters. */
const LEGEND_LINES = Object.keys(POWERS).length + 1;

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${attributes === "" ? "" : ` ${attributes}`}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
