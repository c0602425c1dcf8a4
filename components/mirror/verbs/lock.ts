import type { Command } from "commander";
import { UserError } from "../../kit/errors.ts";
import { listImages } from "../list/stacks.ts";
import { differenceOf, type LockDifference, readLock, withKnown, writeLock } from "../lock.ts";

interface Flags {
  readonly check?: boolean;
}

export function lockVerb(program: Command): void {
  program
    .command("lock")
    .description("writes components/mirror/images.lock.json: the list, with the digests and sizes that are known")
    .option("--check", "only compare; fails where the list and the lock name other images")
    .action(async ({ check = false }: Flags) => {
      const { release, images } = await listImages({}, { report: (line) => process.stderr.write(`${line}\n`) });
      const locked = (await readLock().catch(() => undefined))?.images ?? [];
      if (check) assertSame(differenceOf(images, locked));
      const known = withKnown(images, locked);
      if (!check) await writeLock({ version: 1, release, images: known });
      const digests = known.filter(({ digest }) => digest !== undefined).length;
      process.stdout.write(
        `${check ? "as locked" : "locked"}: ${known.length} images, ${digests} with a digest, ` +
          `${known.length - digests} whose digest is unknown\n`,
      );
    });
}

/** Throws UserError naming what differs. */
function assertSame({ added, removed }: LockDifference): void {
  const lines = [...added.map((one) => `  not locked: ${one}`), ...removed.map((one) => `  no longer used: ${one}`)];
  if (lines.length === 0) return;
  throw new UserError(["the images differ from the lock:", ...lines].join("\n"), {
    next: "npm run mirror -- lock, then mirror what is new",
  });
}
