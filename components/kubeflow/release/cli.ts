import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Argument, Command, Option } from "commander";
import { runCli } from "../../kit/cli.ts";
import { DEFAULT_RELEASE, type ReleaseDefinition, releases, type ReleaseVersion } from "../releases/index.ts";
import { digestsOf, type Lock } from "./lock.ts";
import { loadRelease, renderCached, renderExtra, type SourcedObject } from "./index.ts";
import { findSource } from "./source.ts";

interface Options {
  readonly version: ReleaseVersion;
  readonly source?: string;
  readonly extra: readonly string[];
}

const report = (line: string) => process.stderr.write(`${line}\n`);

await runCli(
  new Command("npm run release --")
    .description("The pinned manifests: check them against the lock, or write the lock anew")
    .addArgument(
      new Argument("<verb>", "lock: write one digest an object; verify: compare").choices(["lock", "verify"]),
    )
    .addOption(new Option("--version <version>", "release").choices(Object.keys(releases)).default(DEFAULT_RELEASE))
    .option("--source <source>", "a directory, a tar.gz or git, as the setting release.source")
    .option("--extra <name...>", "what such a source holds beside the release: training-operator-1.8.0", [])
    .action(async (verb: "lock" | "verify", options: Options) => {
      const count = verb === "lock" ? await lock(options) : await verify(options);
      process.stdout.write(
        `${verb === "lock" ? "locked" : "verified"} ${count} objects of Kubeflow v${options.version}\n`,
      );
    }),
);

async function verify({ version, source, extra }: Options): Promise<number> {
  const extras = extrasIn(releases[version], extra);
  return (await loadRelease(releases[version], source, { report, extras })).length;
}

/** What every source holds beside the release, and what this one is said to hold. */
function extrasIn({ extras }: ReleaseDefinition, named: readonly string[]): string[] {
  return Object.keys(extras).filter((name) => extras[name]?.supplied === undefined || named.includes(name));
}

async function lock(options: Options): Promise<number> {
  const { version, source, extra } = options;
  const release: ReleaseDefinition = releases[version];
  const found = await findSource(release, source, { report });
  await writeLock(release, release.lock, await renderCached(release, found, { report }));
  for (const name of extrasIn(release, extra)) {
    const { lock, objects } = await renderExtra(release, name, found, { report });
    await writeLock({ version, commit: release.extras[name]?.commit ?? release.commit }, lock, objects);
  }
  return verify(options);
}

async function writeLock(
  { version, commit }: Pick<ReleaseDefinition, "version" | "commit">,
  file: URL,
  objects: readonly SourcedObject[],
): Promise<void> {
  const content: Lock = { version, commit, objects: digestsOf(objects.map(({ object }) => object)) };
  await writeFile(fileURLToPath(file), `${JSON.stringify(content, null, 2)}\n`);
}
