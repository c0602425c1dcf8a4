import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../components/kit/errors.ts";
import { readEntry } from "./entry.ts";
import type { Pin, Tool } from "./pins.ts";
import type { Context, Found } from "./source.ts";
import { acceptedVersions, askVersion, isAccepted } from "./version.ts";

/** The environment variable that names a binary to use: `KUBEFLOW_TOOL_KUBE_APISERVER` for kube-apiserver. */
export function settingName(tool: Tool): string {
  return `KUBEFLOW_TOOL_${tool.toUpperCase().replaceAll("-", "_")}`;
}

/** Binaries named by settings. Throws UserError for one that is missing, not executable or of the wrong version. */
export async function fromSettings(pins: readonly Pin[], context: Context): Promise<readonly Found[]> {
  return collect(pins, async (pin) => {
    const setting = settingName(pin.tool);
    const value = context.env[setting];
    if (value === undefined || value === "") return undefined;
    const file = path.resolve(value);
    const next = `set ${setting} to ${pin.tool} ${acceptedVersions(pin)}, or unset it to have one obtained`;
    const refuse = (problem: string) => new UserError(`${setting}=${value} ${problem}`, { next, exitCode: 2 });
    if (!(await isExecutable(file))) throw refuse("is not an executable file");
    const version = await askVersion(file, pin, context);
    if (version === undefined) throw refuse(`does not tell its version (asked: ${pin.askVersion.join(" ")})`);
    if (!isAccepted(version, pin)) throw refuse(`is version ${version}; allowed is ${acceptedVersions(pin)}`);
    return { tool: pin.tool, version, origin: "setting", from: setting, path: file };
  });
}

/** Binaries that an earlier run downloaded or built. */
export async function fromCache(pins: readonly Pin[], context: Context): Promise<readonly Found[]> {
  return collect(pins, (pin) => readEntry(pin, context.env));
}

/** Binaries on PATH whose version is right; others are passed over. */
export async function fromPath(pins: readonly Pin[], context: Context): Promise<readonly Found[]> {
  return collect(pins, async (pin) => {
    for (const file of await onPath(pin.tool, context.env)) {
      const version = await askVersion(file, pin, context);
      if (version === undefined) continue;
      if (isAccepted(version, pin)) return { tool: pin.tool, version, origin: "path", from: "PATH", path: file };
      context.reasons.push(`${file} is version ${version}, not ${acceptedVersions(pin)}`);
    }
    return undefined;
  });
}

/** Every executable called `name` on PATH, first come first, as absolute paths. */
export async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const files = [...new Set(folders.map((folder) => path.resolve(folder, name)))];
  const executable = await Promise.all(files.map(isExecutable));
  return files.filter((_, index) => executable[index]);
}

async function collect(
  pins: readonly Pin[],
  find: (pin: Pin) => Promise<Found | undefined>,
): Promise<readonly Found[]> {
  const found = await Promise.all(pins.map(find));
  return found.filter((one) => one !== undefined);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
