import { type Crossing, crossingsOf } from "../crossings.ts";
import type { Cell, Column, Matrix, Power } from "../matrix.ts";
import { OBJECT_POWERS, POWERS, type PowerName } from "../powers.ts";
import type { Row } from "../rows.ts";
import { cellsOf, lettersOf } from "./letters.ts";

/** The matrix as a page that a review can read line by line: a line a pair, nothing for pairs without any power. */
export function asMarkdown(matrix: Matrix, title: string): string {
  const people = matrix.rows.filter(({ kind }) => kind === "person" || kind === "group");
  const profiles = matrix.rows.filter(({ kind }) => kind === "profile");
  const platform = matrix.rows.filter(({ kind }) => kind === "platform");
  return `${[
    `# ${title}`,
    legend(),
    section("Across profiles", acrossProfiles(crossingsOf(matrix))),
    section("People", table(["who", "where", "powers", "by"], peopleLines(people, matrix))),
    section("Pods of profiles", table(["pods", "where", "powers"], objectLines(profiles, matrix))),
    table(["from", "to", "connections"], connectionLines(profiles, matrix)),
    section(
      "Platform",
      table(["component", "every namespace", "more in", "profiles and outside"], platformLines(platform, matrix)),
    ),
  ].join("\n\n")}\n`;
}

function legend(): string {
  const lines = Object.values(POWERS).map(({ letter, means }) => `| ${letter} | ${means} |`);
  return [
    "Who can do what where, as NetworkPolicies, RBAC and AuthorizationPolicies say. A small letter: only with objects of",
    "certain names, or on certain ports. What is not listed is refused.",
    "",
    "| letter | who has it |\n| --- | --- |",
    ...lines,
  ].join("\n");
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function acrossProfiles(crossings: readonly Crossing[]): string {
  if (crossings.length === 0) return "Nobody has powers in more than one profile, and no pods reach those of another.";
  return table(
    ["who", "of", "in", "powers"],
    crossings.map(({ row, homes, column, powers }) => [row, homes.join(", "), column, lettersOf(powers)]),
  );
}

function peopleLines(people: readonly Row[], { columns, cells }: Matrix): string[][] {
  const cellOf = cellsOf(cells);
  return people.flatMap(({ id }) =>
    columns.flatMap((column) => {
      const powers = cellOf(id, column.id)?.powers;
      return powers === undefined ? [] : [[id, column.id, lettersOf(powers), bindingsOf(powers).join(", ")]];
    }),
  );
}

function objectLines(pods: readonly Row[], { columns, cells }: Matrix): string[][] {
  const cellOf = cellsOf(cells);
  return pods.flatMap(({ id }) =>
    columns.flatMap((column) => {
      const letters = lettersOf(cellOf(id, column.id)?.powers ?? new Map(), isOverObjects);
      return letters === "" ? [] : [[id, column.id, letters]];
    }),
  );
}

/** Pods of which the same is to be told are told of together, whatever their profile. */
function connectionLines(pods: readonly Row[], { columns, cells }: Matrix): string[][] {
  const cellOf = cellsOf(cells);
  const told = columns.flatMap((column) =>
    pods.flatMap((row) => {
      const text = connectionsTold(cellOf(row.id, column.id)?.powers ?? new Map());
      const where = column.id === row.profile ? "their own profile" : column.id;
      return text === "" ? [] : [{ row, where, text: text.replaceAll(`${column.id}/`, "") }];
    }),
  );
  const same = Map.groupBy(told, ({ where, text }) => JSON.stringify([where, text]));
  return [...same.values()].flatMap((lines) => {
    const [line] = lines;
    return line === undefined ? [] : [[podsNamed(new Set(lines.map(({ row }) => row)), pods), line.where, line.text]];
  });
}

/** Some of the pods by as few words as will do. */
function podsNamed(some: ReadonlySet<Row>, all: readonly Row[]): string {
  if (some.size === all.length) return "pods of any profile";
  const byProfile = Map.groupBy(all, ({ profile }) => profile ?? "");
  const whole = [...byProfile].filter(([, rows]) => rows.every((row) => some.has(row)));
  const rest = [...byProfile].flatMap(([, rows]) =>
    rows.every((row) => some.has(row)) ? [] : rows.filter((row) => some.has(row)),
  );
  const profiles = whole.length === 0 ? [] : [`pods of ${whole.map(([profile]) => profile).join(", ")}`];
  return [...profiles, ...rest.map(({ id }) => id)].join("; ");
}

/** What is the same in every namespace is said once; who reaches which port of the platform fills a page of its own. */
function platformLines(components: readonly Row[], { columns, cells }: Matrix): string[][] {
  const cellOf = cellsOf(cells);
  const namespaces = columns.filter(({ kind }) => kind === "profile" || kind === "platform");
  return components.map(({ id }) => {
    const lettersIn = ({ id: column }: Column) => lettersOf(cellOf(id, column)?.powers ?? new Map(), isOverObjects);
    const [common = ""] = namespaces.map(lettersIn).sort((a, b) => a.length - b.length);
    const isEverywhere = namespaces.every((column) =>
      [...common].every((letter) => lettersIn(column).includes(letter)),
    );
    const everywhere = isEverywhere ? common : "";
    const more = columns.flatMap((column) => {
      const letters = lettersIn(column);
      const added =
        column.kind === "cluster" ? letters : [...letters].filter((it) => !everywhere.includes(it)).join("");
      return added === "" ? [] : [`${column.id}: ${added}`];
    });
    const connected = grouped(
      columns.flatMap((column) => {
        const told = column.kind === "platform" ? "" : connectionsTold(cellOf(id, column.id)?.powers ?? new Map());
        return told === "" ? [] : [[column, told] as const];
      }),
    );
    return [id, everywhere, more.join("; "), connected];
  });
}

/** Columns of which the same is to be told are told of together. */
function grouped(told: readonly (readonly [Column, string])[]): string {
  const same = Map.groupBy(told, ([, text]) => text);
  return [...same].map(([text, columns]) => `${columns.map(([{ id }]) => id).join(", ")}: ${text}`).join("; ");
}

function connectionsTold(powers: Cell["powers"]): string {
  const told = (power: PowerName, what: string) => {
    const by: Power["by"] = powers.get(power)?.by ?? [];
    return by.length === 0 ? [] : [`${what}${by.join(", ")}`];
  };
  return [...told("reach", ""), ...told("forge", "as any user by ")].join("; ");
}

function bindingsOf(powers: Cell["powers"]): string[] {
  const ids = [...powers].filter(([power]) => isOverObjects(power)).flatMap(([, { by }]) => by);
  return [...new Set(ids)].map((id) => id.replace(/\.rbac\.authorization\.k8s\.io/, ""));
}

function isOverObjects(power: PowerName): boolean {
  return power in OBJECT_POWERS;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
