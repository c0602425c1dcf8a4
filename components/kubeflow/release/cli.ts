import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Argument, Command, Option } from "commander";
import { runCli } from "../../kit/cli.ts";
import { type ReleaseDefinition, releases, type ReleaseVersion } from "../releases/index.ts";
import { digestsOf, type Lock } from "./lock.ts";
import { loadRelease, renderCached, renderExtra, type SourcedObject } from "./index.ts";
import { findSource } from "./source.ts";

interface Options {
  readonly version: ReleaseVersion;
  readonly source?: string;
}

const report = (line: string) => process.stderr.write(`${line}\n`);

await runCli(
  new Command("release")
    .description("The pinned manifests: check them against the lock, or write the lock anew")
    .addArgument(
      new Argument("<verb>", "lock: write one digest an object; verify: compare").choices(["lock", "verify"]),
    )
    .addOption(new Option("--version <version>", "release").choices(Object.keys(releases)).default("1.8.1"))
    .option("--source <source>", "a directory, a tar.gz or git, as the setting release.source")
    .action(async (verb: "lock" | "verify", options: Options) => {
      const count = verb === "lock" ? await lock(options) : await verify(options);
      process.stdout.write(
        `${verb === "lock" ? "locked" : "verified"} ${count} objects of Kubeflow v${options.version}\n`,
      );
    }),
);

async function verify({ version, source }: Options): Promise<number> {
  const extras = Object.keys(releases[version].extras);
  return (await loadRelease(releases[version], source, { report, extras })).length;
}

async function lock(options: Options): Promise<number> {
  const { version, source } = options;
  const release = releases[version];
  const found = await findSource(release, source, { report });
  await writeLock(release, release.lock, await renderCached(release, found, { report }));
  for (const name of Object.keys(release.extras)) {
    const extra = await renderExtra(release, name, found, { report });
    await writeLock(release, extra.lock, extra.objects);
  }
  return verify(options);
}

async function writeLock(
  { version, commit }: ReleaseDefinition,
  file: URL,
  objects: readonly SourcedObject[],
): Promise<void> {
  const content: Lock = { version, commit, objects: digestsOf(objects.map(({ object }) => object)) };
  await writeFile(fileURLToPath(file), `${JSON.stringify(content, null, 2)}\n`);
}
