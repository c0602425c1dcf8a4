import { rm } from "node:fs/promises";
import path from "node:path";
import { Option } from "commander";
import { secondsOf } from "../../kit/units.ts";
import { type Garbage, garbageOf } from "../layout/gc.ts";
import { Layout } from "../layout/layout.ts";
import { formatBytes } from "../transfer/tally.ts";
import type { Verb } from "./index.ts";
import { type CommonFlags, jsonOption, parseDuration, printJson, run } from "./run.ts";
import { whileLocked } from "./writing.ts";

interface Flags extends CommonFlags {
  readonly delete?: boolean;
  /** Seconds. */
  readonly olderThan: number;
}

/** What a folder holds beside its images. */
export const gcVerb: Verb = (program) => {
  program
    .command("gc")
    .description("tell what of a folder no image in it needs, and with --delete remove it")
    .argument("<folder>", "the layout")
    .option("--delete", "remove it; without, it is only told")
    .addOption(
      new Option("--older-than <duration>", "leave what is newer: an interrupted pull goes on with it")
        .argParser(parseDuration)
        .default(secondsOf("24h"), "24h"),
    )
    .addOption(jsonOption())
    .action(act);
};

async function act(folder: string, flags: Flags): Promise<void> {
  const { files, fresh } = await run("gc", `Looking through ${folder}`, flags, () => collect(folder, flags));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const removed = flags.delete === true;
  if (flags.json === true) {
    return printJson({ ok: true, verb: "gc", files: files.length, bytes, removed, fresh: fresh.length });
  }
  const rest = fresh.length === 0 ? "" : `; ${fresh.length} more are too new`;
  const what = `${files.length} files, ${formatBytes(bytes)}`;
  process.stdout.write(
    removed ? `removed ${what}${rest}\n` : `${what} that no image of ${folder} needs${rest}; --delete removes them\n`,
  );
}

async function collect(folder: string, flags: Flags): Promise<Garbage> {
  // A folder that is none gets no lock either.
  await (await Layout.open(folder)).close();
  return whileLocked(folder, async () => {
    const layout = await Layout.open(folder);
    try {
      const garbage = await garbageOf(layout, new Date(Date.now() - flags.olderThan * 1000));
      if (flags.delete === true) {
        for (const { name } of garbage.files) await rm(path.join(layout.blobFolder, name), { force: true });
      }
      return garbage;
    } finally {
      await layout.close();
    }
  });
}
