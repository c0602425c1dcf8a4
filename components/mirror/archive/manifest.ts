import { z } from "zod";
import { type WrittenBase, baseSchema } from "../delta/base-file.ts";
import { defined } from "../../kit/defined.ts";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, digestOf, digestSchema as digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { ImageGraph } from "../transfer/plan.ts";

/** What a bundle holds, as its `bundle.json` says. The digest of that file is the checksum that is compared by hand. */
export interface BundleManifest {
  readonly version: 1;
  /** Digest of `index.json`. */
  readonly index: Digest;
  /** Whether everything that was wanted is in it; not so for a delta, and not after a pull that failed. */
  readonly complete: boolean;
  /** `blobs`: what each consists of beside manifests. */
  readonly images: readonly {
    readonly reference: string;
    readonly digest: Digest;
    readonly blobs: readonly Digest[];
  }[];
  /** Manifests and blobs alike, sorted: all that the volumes hold. */
  readonly content: readonly { readonly digest: Digest; readonly size: number }[];
  /** For a delta: what it leaves out because the site has it. */
  readonly base?: WrittenBase | undefined;
  /** References of what was wanted and could not be pulled. */
  readonly lacking?: readonly string[] | undefined;
}

/** Where a volume stands among those of its bundle. */
export interface VolumeManifest {
  readonly number: number;
  readonly of: number;
  /** Digest of `bundle.json`. */
  readonly bundle: Digest;
}

const bundleSchema = z
  .object({
    version: z.literal(1),
    index: digest,
    complete: z.boolean(),
    images: z.array(z.object({ reference: z.string(), digest, blobs: z.array(digest) })),
    content: z.array(z.object({ digest, size: z.int().min(0) })),
    base: baseSchema.optional(),
    lacking: z.array(z.string()).min(1).optional(),
  })
  .refine(
    ({ complete, base, lacking }) => complete === (base === undefined && lacking === undefined),
    "is said to be complete and leaves something out, or neither",
  );

const volumeSchema = z.object({ number: z.int().min(1), of: z.int().min(1), bundle: digest });

/** What is not in a bundle. */
export type LeftOut = Pick<BundleManifest, "base" | "lacking">;

/** The manifest of a bundle of these images; `index` is the text of its `index.json`. */
export function bundleManifest(
  graphs: readonly ImageGraph[],
  index: string,
  further: readonly Descriptor[],
  { base, lacking }: LeftOut = {},
): BundleManifest {
  const lent = new Set(base?.blobs.map((blob) => blob.digest));
  const content = new Map(
    [...graphs.flatMap(({ manifests, blobs }) => [...manifests, ...blobs]), ...further]
      .filter((one) => !lent.has(one.digest))
      .map(({ digest: of, size }) => [of, size]),
  );
  const inOrder = (a: { digest: string }, b: { digest: string }) => (a.digest < b.digest ? -1 : 1);
  return {
    version: 1,
    index: digestOf(index),
    complete: base === undefined && lacking === undefined,
    images: graphs
      .map(({ reference, root, blobs }) => ({
        reference,
        digest: root.digest,
        blobs: blobs.map((blob) => blob.digest).toSorted(),
      }))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    content: [...content].map(([of, size]) => ({ digest: of, size })).sort(inOrder),
    ...defined({ base, lacking }),
  };
}

export function parseBundleManifest(text: string, where: string): BundleManifest {
  return parse(bundleSchema, text, `${where}: bundle.json`);
}

export function parseVolumeManifest(text: string, where: string): VolumeManifest {
  return parse(volumeSchema, text, `${where}: volume.json`);
}

function parse<T>(schema: z.ZodType<T>, text: string, where: string): T {
  const refuse = (why: string) =>
    new MirrorError("E_BUNDLE", `${where} is damaged: ${why}`, { next: "carry the volume over again" });
  return readJson(schema, text, refuse);
}
