import { UserError } from "../../kit/errors.ts";
import { exitCodeOf, MirrorError } from "../errors.ts";
import type { ListedImage } from "../list/closed-list.ts";
import { listImages, type StackChoice } from "../list/stacks.ts";
import {
  differenceOf,
  type LockDifference,
  type Moved,
  readLock,
  withGone,
  withKnown,
  withMeasured,
  writeLock,
} from "../list/lock.ts";
import { type Measurement, measureAll } from "../transfer/measure.ts";
import type { Failure } from "../transfer/pull.ts";
import type { Verb } from "./index.ts";
import { chosenBy, type StackFlags, withStackOptions } from "./stack-options.ts";
import { addRegistryOptions, openRegistries, type RegistryFlags } from "./registry-options.ts";
import { type SourceFlags, sourceOption } from "./source-option.ts";
import { type CommonFlags, concurrencyOption, describeFailure, jsonOption, printJson, type Run, run } from "./run.ts";

interface Flags extends RegistryFlags, CommonFlags, StackFlags, SourceFlags {
  readonly check?: boolean;
  readonly from?: string;
  readonly update?: boolean;
  readonly output?: string;
  readonly concurrency: number;
}

/** Value of `--from`: each image is asked for where it is published. */
const UPSTREAM = "upstream";

/** What was found out about the images of the list. */
interface Locked extends LockDifference {
  readonly images: readonly ListedImage[];
  readonly moved: readonly Moved[];
  readonly failures: readonly Failure[];
}

/** The list, with what is known of each image, to the project's lock. */
export const lockVerb: Verb = (program) => {
  const command = withStackOptions(program.command("lock"))
    .description("write components/mirror/images.lock.json: the list, with the digests and sizes that are known")
    .option("--from <registry>", `ask for digests and sizes: a mirror with its path, or ${UPSTREAM}`)
    .addOption(sourceOption())
    .option("--update", "where a tag stands for another image now, lock that one")
    .option("--check", "only compare; fails where the list or, with --from, a digest is not as locked")
    .option("-o, --output <file>", "another lock than the project's")
    .addOption(concurrencyOption());
  addRegistryOptions(command).addOption(jsonOption()).action(act);
};

async function act(environment: string | undefined, flags: Flags): Promise<void> {
  const choice = chosenBy(environment, flags);
  const locked = await run("lock", "Locking the images", flags, (context) => lock(choice, flags, context));
  const { images, moved, failures, added, removed } = locked;
  const isSame = added.length + removed.length + moved.length === 0;
  const digests = images.filter(({ digest }) => digest !== undefined).length;
  const sizes = images.filter(({ size }) => size !== undefined).length;
  if (flags.json === true) {
    const unknown = failures.map(({ reference, error }) => ({ reference, ...describeFailure(error) }));
    const ok = failures.length === 0 && (isSame || !(flags.check ?? false));
    printJson({ ok, verb: "lock", images: images.length, digests, sizes, added, removed, moved, unknown });
  } else {
    process.stdout.write(
      `${flags.check === true ? "compared" : "locked"}: ${images.length} images, ${digests} with a digest, ` +
        `${images.length - digests} whose digest is unknown; ${sizes} with a size\n`,
    );
    for (const line of unknownTold(failures)) process.stdout.write(`${line}\n`);
  }
  if (flags.check === true) assertSame(locked);
  if (moved.length > 0 && flags.update !== true) throw movedError(moved);
  if (failures.length > 0) {
    throw new UserError(
      `${failures.length} of ${images.length} images could not be asked about; what is known is kept`,
      {
        exitCode: exitCodeOf(failures.map(({ error }) => error)),
      },
    );
  }
}

async function lock(choice: StackChoice, flags: Flags, context: Run): Promise<Locked> {
  const { check = false, update = false } = flags;
  const { release, images: listed } = await listImages(choice, context);
  const before = (await readLock(flags.output).catch(() => undefined))?.images ?? [];
  const { found, gone, failures } = await asked(listed, flags, context);
  const { images: filled, moved } = withMeasured(withKnown(listed, before), found, { follow: update });
  const images = withGone(filled, gone);
  if (!check) await writeLock({ version: 1, release, images }, flags.output);
  return { images, moved, failures, ...differenceOf(listed, before) };
}

async function asked(listed: readonly ListedImage[], flags: Flags, context: Run): Promise<Measurement> {
  const { from, concurrency, source: sources = [] } = flags;
  if (from === undefined) return { found: new Map(), gone: new Map(), failures: [] };
  const registries = await openRegistries(flags, context);
  const mirror = from === UPSTREAM ? undefined : from;
  const references = listed.map(({ reference }) => reference);
  return measureAll(references, { mirror, sources, registries, concurrency, ...context }).finally(() =>
    registries.close(),
  );
}

/** One line a reason, with the images that are unknown for it. */
function unknownTold(failures: readonly Failure[]): string[] {
  const reasons = Map.groupBy(failures, ({ error }) => describeFailure(error).message.split("\n")[0] ?? "");
  return [...reasons].map(([reason, those]) =>
    those.length === 1
      ? `unknown: ${reason}`
      : `unknown: ${those.map(({ reference }) => reference).join(", ")}: ${reason}`,
  );
}

/** Throws MirrorError naming what differs. */
function assertSame({ added, removed, moved }: Locked): void {
  const lines = [...added.map((one) => `  not locked: ${one}`), ...removed.map((one) => `  no longer used: ${one}`)];
  if (lines.length > 0) {
    throw new MirrorError("E_DIFFERS", ["the images differ from the lock:", ...lines].join("\n"), {
      next: "npm run mirror -- lock, then mirror what is new",
    });
  }
  if (moved.length > 0) throw movedError(moved);
}

function movedError(moved: readonly Moved[]): MirrorError {
  const lines = moved.map(({ reference, locked, found }) => `  ${reference}: locked is ${locked}, there is ${found}`);
  return new MirrorError("E_MOVED", ["tags stand for other images than the lock says:", ...lines].join("\n"), {
    next: "pull goes on to fetch what is locked; npm run mirror -- lock --update --from ... takes what is there",
  });
}
