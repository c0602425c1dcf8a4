import { readFile } from "node:fs/promises";
import { UserError } from "../../components/kit/errors.ts";
import type { Report } from "./report.ts";

/** The report of another state of the project, as `--json` wrote it. Throws UserError where the file holds none. */
export async function readBase(file: string): Promise<Report> {
  try {
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    if (Array.isArray(report.findings) && Array.isArray(report.targets)) return report;
  } catch (error) {
    throw notAReport(file, error);
  }
  throw notAReport(file);
}

function notAReport(file: string, cause?: unknown): UserError {
  return new UserError(`${file} is no report to compare with`, {
    next: "write one on the base: npm run --silent policy -- --json > base.json",
    exitCode: 2,
    cause,
  });
}
