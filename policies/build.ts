import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The pack's folder, as `--policy-pack` takes it. */
export const PACK = fileURLToPath(new URL(".", import.meta.url));

export interface BuildOptions {
  /** @default the pack's index.ts */
  readonly entry?: string;
  /** Folder of the pack, which has a package.json. @default this one */
  readonly directory?: string;
}

/**
 * Compiles the pack into the one file that the engine starts, `bin/index.js` of its folder, which is returned. Takes
 * about half a second. The SDK stays outside: there must be only one of it in a process.
 */
export async function buildPack({
  entry = path.join(PACK, "index.ts"),
  directory = PACK,
}: BuildOptions = {}): Promise<string> {
  const bundle = await rolldown({ input: entry, platform: "node", external: [/^@pulumi\//] });
  try {
    await bundle.write({ file: path.join(directory, "bin", "index.js"), format: "esm" });
  } finally {
    await bundle.close();
  }
  return directory;
}
