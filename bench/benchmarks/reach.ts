import { matrixOf } from "../../components/tenancy/reach/matrix.ts";
import { asJson } from "../../components/tenancy/reach/render/json.ts";
import { asMarkdown } from "../../components/tenancy/reach/render/markdown.ts";
import { asSvg } from "../../components/tenancy/reach/render/svg.ts";
import { withProfiles } from "../../components/tenancy/reach/plan.ts";
import { manyProfiles } from "../../test/kit/many-profiles.ts";
import { plannedRelease } from "../../test/kit/release.ts";
import { settingsOf } from "../../test/kit/tenancy/tenants.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

const SIZES = [10, 50, 100] as const;
/** Seconds that a matrix of so many profiles may take. */
const WANTED = { profiles: 50, seconds: 3 };

/** What it costs to say who can do what. */
export const reach: Benchmark = {
  name: "reach",
  timed: true,
  description:
    "From the objects of a plan of `dev` with 10, 50 and 100 profiles of ten members each to the matrix of who can do what, " +
    "all pairs of profiles among it, written as Markdown, JSON and SVG; in the process of the benchmark, the plan itself " +
    "left out.",
  run,
};

async function run({ report }: Context): Promise<Figures> {
  const platform = (await plannedRelease()).waves.flat();
  const ofSize = (size: number) => {
    const { config } = JSON.parse(manyProfiles(size)) as { config: Record<string, unknown> };
    const objects = withProfiles(platform, settingsOf(config));
    return (round: number) => {
      report(`round ${round}: ${size} profiles`);
      const began = performance.now();
      const matrix = matrixOf(objects);
      const written = [asMarkdown(matrix, "reach"), JSON.stringify(asJson(matrix)), asSvg(matrix, "reach")];
      const seconds = (performance.now() - began) / 1000;
      return Promise.resolve({ seconds, rows: matrix.rows.length, bytes: written.join("").length });
    };
  };
  const measured = await alternate(Object.fromEntries(SIZES.map((size) => [String(size), ofSize(size)])));
  return reachFigures(SIZES.map((size) => ({ size, runs: measured[String(size)] ?? [] })));
}

interface SizeRuns {
  /** Profiles. */
  readonly size: number;
  readonly runs: readonly { readonly seconds: number; readonly rows: number; readonly bytes: number }[];
}

/** The table by size, and how the size that there is a limit for does against it. */
export function reachFigures(sizes: readonly SizeRuns[]): Figures {
  const secondsOf = ({ runs }: SizeRuns) => runs.map(({ seconds }) => seconds);
  const judged = sizes.find(({ size }) => size === WANTED.profiles);
  const share = judged === undefined ? 0 : median(secondsOf(judged)) / WANTED.seconds;
  return {
    columns: ["profiles", "pairs of profiles", "rows", "seconds", "written"],
    rows: sizes.map((one) => [
      String(one.size),
      (one.size ** 2).toLocaleString("en"),
      (one.runs[0]?.rows ?? 0).toLocaleString("en"),
      spread(secondsOf(one)),
      `${((one.runs[0]?.bytes ?? 0) / 1e6).toFixed(1)} MB`,
    ]),
    result: `The matrix of ${WANTED.profiles} profiles takes ${share.toFixed(2)}x of the ${WANTED.seconds} s that it may take.`,
  };
}
