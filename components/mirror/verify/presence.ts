import { parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import { MirrorError } from "../errors.ts";
import { explainPull } from "../registry/explain.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { Failure } from "../transfer/pull.ts";
import { StatusError } from "../registry/failures.ts";
import type { Registries } from "../registry/index.ts";
import type { WantedImage } from "../list/wanted.ts";
import { rootIn } from "./root.ts";

const CONCURRENCY = 8;

/**
 * The images that a mirror does not have where the program looks for them, or has others in place of: one HEAD an image.
 * Throws MirrorError where the registry does not answer, or does not let itself be asked.
 */
export async function absentFrom(
  mirror: string,
  registries: Registries,
  wanted: readonly WantedImage[],
): Promise<readonly Failure[]> {
  const absent: Failure[] = [];
  await forEachOf(wanted, CONCURRENCY, async (image) => {
    const { reference } = image;
    const { host, path: repository } = movingTo(mirror)(parseReference(reference));
    const registry = registries.of(host);
    try {
      await rootIn(mirror, registry, image);
    } catch (caught) {
      if (caught instanceof StatusError && (caught.status === 401 || caught.status === 403)) {
        throw new MirrorError("E_AUTH", `${host} does not accept this sign-in: ${caught.status}`, { cause: caught });
      }
      const error = await explainPull(caught, reference, host, () => registry.isKnown(repository));
      if (!(error instanceof MirrorError) || !ABSENT.has(error.code)) throw error;
      absent.push({ reference, error });
    }
  });
  return absent.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
}

const ABSENT: ReadonlySet<string> = new Set(["E_MISSING", "E_DIFFERS", "E_GONE"]);
