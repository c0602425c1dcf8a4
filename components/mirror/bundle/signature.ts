import path from "node:path";
import { execa, type ExecaError } from "execa";
import { onPath } from "../../../deployment/pulumi.ts";
import { versionIn } from "../../../toolchain/version.ts";
import { UserError } from "../../kit/errors.ts";
import { exists } from "../../kit/files.ts";
import { EXIT } from "../errors.ts";
import { INVENTORY_FILE, SIGNATURE_FILE } from "./inventory.ts";

export interface Signing {
  /** A file, or the URI of a key management service, as cosign takes it. */
  readonly key: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/**
 * Signs the inventory, and with it every file that it lists, by `cosign sign-blob`. Cosign asks for the key's password
 * itself, or takes it from COSIGN_PASSWORD. Nothing is sent to a public log. Throws UserError where cosign is missing or
 * refuses.
 */
export async function signInventory(folder: string, { key, env, signal }: Signing): Promise<void> {
  const cosign = await cosignOn(env, "leave --sign out: the checksum is printed all the same");
  // Version 3 takes where it signs from a configuration that names the public log.
  const offline = (await majorOf(cosign, env)) >= 3 ? ["--use-signing-config=false"] : [];
  const args = ["sign-blob", "--yes", ...offline, "--tlog-upload=false", "--key", key, "--bundle", SIGNATURE_FILE];
  await run(cosign, [...args, INVENTORY_FILE], { folder, env, signal }, "sign the inventory");
}

/** Throws UserError where the inventory is not what the owner of the key has signed, or cosign cannot tell. */
export async function verifySignature(folder: string, { key, env, signal }: Signing): Promise<void> {
  if (!(await exists(path.join(folder, SIGNATURE_FILE)))) {
    throw new UserError(`${folder} has no ${SIGNATURE_FILE}`, {
      next: "leave --key out and compare the checksum, or have it signed: bundle create --sign KEY",
      exitCode: EXIT.integrity,
    });
  }
  const cosign = await cosignOn(
    env,
    "leave --key out, and compare the checksum with what the sending side has printed",
  );
  const args = ["verify-blob", "--insecure-ignore-tlog=true", "--key", key, "--bundle", SIGNATURE_FILE, INVENTORY_FILE];
  await run(cosign, args, { folder, env, signal }, "confirm the signature of the inventory");
}

async function cosignOn(env: NodeJS.ProcessEnv, otherwise: string): Promise<string> {
  const cosign = await onPath("cosign", env);
  if (cosign !== undefined) return cosign;
  throw new UserError("cosign is not on the PATH", {
    next: `install it (https://docs.sigstore.dev/cosign/system_config/installation), or ${otherwise}`,
    exitCode: EXIT.usage,
  });
}

async function majorOf(cosign: string, env: NodeJS.ProcessEnv): Promise<number> {
  const { stdout, stderr } = await execa(cosign, ["version"], { env, extendEnv: false, reject: false });
  return Number.parseInt(versionIn(`${stdout}\n${stderr}`) ?? "2", 10);
}

async function run(
  cosign: string,
  args: readonly string[],
  {
    folder,
    env,
    signal,
  }: { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal | undefined },
  what: string,
): Promise<void> {
  try {
    await execa(cosign, args, {
      ...{ cwd: folder, env, extendEnv: false, stdin: "inherit", stdout: "pipe", stderr: ["inherit", "pipe"] },
      ...(signal && { cancelSignal: signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { exitCode } = error as ExecaError;
    throw new UserError(`cosign could not ${what} (exit code ${exitCode ?? "none"}); what it says is above`, {
      next: "check the key, its password (COSIGN_PASSWORD, or typed where cosign asks) and the file",
      exitCode: EXIT.integrity,
      cause: error,
    });
  }
}
