import { UserError } from "../components/kit/errors.ts";
import { fromModules } from "./build.ts";
import { DEFAULT_KUBERNETES, hostPlatform, type KubernetesMinor, type Pin, pinOf, type Tool } from "./pins.ts";
import { DOWNLOADS_SETTING, fromReleases } from "./release.ts";
import { fromCache, fromPath, fromSettings, settingName } from "./search.ts";
import type { Context, Found, Source } from "./source.ts";

export { DEFAULT_KUBERNETES, KUBERNETES, type KubernetesMinor, TEST_TOOLS, type Tool, TOOLS } from "./pins.ts";
export type { Found, Origin } from "./source.ts";

export interface ObtainOptions {
  /** @default DEFAULT_KUBERNETES */
  readonly kubernetes?: KubernetesMinor;
  /** Told what takes long, one line at a time. */
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** The quickest and most deliberate first. */
const SOURCES: readonly Source[] = [fromSettings, fromCache, fromPath, fromReleases, fromModules];

/** Absolute paths of the tools, obtained where they are missing. Throws UserError; on an abort the signal's reason. */
export async function obtain<T extends Tool>(
  tools: readonly T[],
  options: ObtainOptions = {},
): Promise<Readonly<Record<T, string>>> {
  const found = await locate(tools, options);
  return Object.fromEntries(found.map(({ tool, path }) => [tool, path])) as Record<T, string>;
}

/** As `obtain`, with the version and origin of each tool, in the order asked for. */
export async function locate(tools: readonly Tool[], options: ObtainOptions = {}): Promise<readonly Found[]> {
  const { kubernetes = DEFAULT_KUBERNETES, report = () => undefined, signal, env = process.env } = options;
  const context: Context = { env, report, signal, reasons: [] };
  const platform = hostPlatform();
  const pins = [...new Set(tools)].map((tool) => pinOf(tool, kubernetes, platform));
  const found = await search(SOURCES, pins, context);
  return pins.flatMap((pin) => found.get(pin.tool) ?? []);
}

async function search(
  sources: readonly Source[],
  pins: readonly Pin[],
  context: Context,
): Promise<ReadonlyMap<Tool, Found>> {
  const found = new Map<Tool, Found>();
  const missing = () => pins.filter((pin) => !found.has(pin.tool));
  for (const source of sources) {
    context.signal?.throwIfAborted();
    if (missing().length === 0) break;
    for (const one of await source(missing(), context)) found.set(one.tool, one);
  }
  const [first] = missing();
  if (first !== undefined) throw unobtainable(missing(), first, context.reasons);
  return found;
}

function unobtainable(missing: readonly Pin[], first: Pin, reasons: readonly string[]): UserError {
  const names = missing.map((pin) => `${pin.tool} ${pin.version}`).join(", ");
  const why = reasons.map((reason) => `  - ${reason}`).join("\n");
  return new UserError(`there is no way to obtain ${names}:\n${why}`, {
    next:
      `install Go (https://go.dev/dl) to build from source, allow downloads (${DOWNLOADS_SETTING}=on), ` +
      `or name a binary you have: ${settingName(first.tool)}=/path/to/${first.tool}`,
  });
}
