import { format, resolveConfig } from "prettier";
import type { Benchmark, Figures } from "./benchmark.ts";

/** The conditions under which figures were taken. */
export interface Conditions {
  readonly date: Date;
  readonly cores: number;
  /** Share of the processors that other programs took meanwhile, 0 to 1; undefined where it is not known or does not matter. */
  readonly others: number | undefined;
}

const PREAMBLE = `# Benchmarks

Medians of three runs in one sitting, contenders in turn; what they lie between is in brackets. Times are of one machine:
it is the ratios that say something. Written by \`npm run bench\`, which replaces the sections of what it ran.
`;

/** One benchmark's section of the document, as Markdown. */
export function section(
  { name, description }: Pick<Benchmark, "name" | "description">,
  { columns, rows, result, kubernetes }: Figures,
  { date, cores, others }: Conditions,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const alignment = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  const conditions = [
    date.toISOString().slice(0, 10),
    `${cores} cores`,
    ...(others === undefined ? [] : [`${Math.round(others * 100)} % of them used by other programs`]),
    ...(kubernetes === undefined ? [] : [`Kubernetes ${kubernetes}`]),
    `\`npm run bench -- ${name}\``,
  ];
  return [
    `## ${name}`,
    description,
    [line(columns), line(alignment), ...rows.map(line)].join("\n"),
    result,
    `${conditions.join(", ")}.`,
  ].join("\n\n");
}

/**
 * The document with the sections given in place of those of the same benchmarks, in the order of `names`; sections of
 * other names are dropped. `document` is empty before the first run.
 */
export function withSections(
  document: string,
  sections: ReadonlyMap<string, string>,
  names: readonly string[],
): string {
  const old = new Map(
    document
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? "", text.trim()]),
  );
  const kept = names.flatMap((name) => sections.get(name) ?? old.get(name) ?? []);
  return `${[PREAMBLE.trim(), ...kept].join("\n\n")}\n`;
}

/** As the project's formatter wants the file, so that what is generated passes its lint. */
export async function formatted(document: string, file: string): Promise<string> {
  return format(document, { ...(await resolveConfig(file)), parser: "markdown" });
}
