import { access, constants } from "node:fs/promises";
import path from "node:path";

/** How to start the Pulumi CLI: a program and the arguments that come before Pulumi's own. */
export interface PulumiCommand {
  readonly file: string;
  readonly before: readonly string[];
}

/** The release of the npm package `pulumi`, which fetches the CLI of that version, for machines without one. */
const NPM_PACKAGE = "pulumi@3.265.0";

/** The CLI on the PATH, or the npm package that brings it. */
export async function findPulumi(env: NodeJS.ProcessEnv): Promise<PulumiCommand> {
  const file = await onPath("pulumi", env);
  return file === undefined ? { file: "npx", before: ["--yes", NPM_PACKAGE] } : { file, before: [] };
}

/** The first executable of that name on the PATH, undefined where there is none. */
export async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env["PATH"] ?? "").split(path.delimiter)) {
    // This project's own tools are on the PATH as well; none of them is meant here.
    if (folder === "" || folder.endsWith(path.join("node_modules", ".bin"))) continue;
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
