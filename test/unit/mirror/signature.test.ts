import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkInventory, takeInventory } from "../../../components/mirror/bundle/inventory.ts";
import { signInventory, verifySignature } from "../../../components/mirror/bundle/signature.ts";
import { UserError } from "../../../components/kit/errors.ts";

const PASSWORD = "hunter2-of-the-key";
let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "signature-test-"));
  folder = await mkdtemp(path.join(home, "bundle-"));
  await writeFile(path.join(folder, "a.tar"), "content");
  await takeInventory(folder, "1.8.1");
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Takes down how it is called, and "signs" by copying; refuses to confirm what it has not signed. */
async function stub(version: string): Promise<NodeJS.ProcessEnv> {
  const script = [
    "#!/bin/sh",
    `[ "$1" = version ] && { echo "GitVersion:    v${version}"; exit 0; }`,
    `printf '%s\\n' "$@" > ${home}/argv`,
    `printf '%s' "$COSIGN_PASSWORD" > ${home}/password`,
    "for last; do :; done",
    `case "$1" in sign-blob) cp "$last" ${home}/signed; echo signature > inventory.sigstore.json;;`,
    `verify-blob) cmp -s "$last" ${home}/signed || { echo "invalid signature" >&2; exit 1; };; esac`,
  ];
  await writeFile(path.join(home, "cosign"), `${script.join("\n")}\n`, { mode: 0o755 });
  return { PATH: `${home}:/usr/bin:/bin`, COSIGN_PASSWORD: PASSWORD };
}

const argv = async () => (await readFile(path.join(home, "argv"), "utf8")).trim().split("\n");

async function errorOf(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw new Error("no error for people came of it", { cause: error });
}

describe("cosign", () => {
  it("signs the inventory with the key and sends nothing to a public log", async () => {
    await signInventory(folder, { key: "/keys/cosign.key", env: await stub("2.6.1") });
    expect(await argv()).toEqual([
      ...["sign-blob", "--yes", "--tlog-upload=false", "--key", "/keys/cosign.key"],
      ...["--bundle", "inventory.sigstore.json", "inventory.json"],
    ]);
  });

  it("of version 3 is told to leave its configuration of public services alone", async () => {
    await signInventory(folder, { key: "k", env: await stub("3.0.2") });
    expect(await argv()).toContain("--use-signing-config=false");
  });

  it("gets the key's password from its environment, never from its arguments", async () => {
    await signInventory(folder, { key: "k", env: await stub("2.6.1") });
    expect(await readFile(path.join(home, "password"), "utf8")).toBe(PASSWORD);
    expect((await argv()).join(" ")).not.toContain(PASSWORD);
  });

  it("confirms what it has signed, and a bundle with its signature is as it was packed", async () => {
    const env = await stub("2.6.1");
    await signInventory(folder, { key: "k", env });
    await verifySignature(folder, { key: "k.pub", env });
    expect(await argv()).toEqual([
      ...["verify-blob", "--insecure-ignore-tlog=true", "--key", "k.pub"],
      ...["--bundle", "inventory.sigstore.json", "inventory.json"],
    ]);
    expect((await checkInventory(folder)).problems).toEqual([]);
  });

  it("does not confirm another inventory, whose files fit together", async () => {
    const env = await stub("2.6.1");
    await signInventory(folder, { key: "k", env });
    await writeFile(path.join(folder, "a.tar"), "swapped");
    await takeInventory(folder, "1.8.1");
    expect((await checkInventory(folder)).problems).toEqual([]);
    const error = await errorOf(verifySignature(folder, { key: "k.pub", env }));
    expect(error.message).toContain("cosign could not confirm the signature of the inventory (exit code 1)");
    expect(error.exitCode).toBe(4);
  });

  it("is missed where it is not installed, with what to do", async () => {
    const { message, next, exitCode } = await errorOf(signInventory(folder, { key: "k", env: { PATH: home } }));
    expect(message).toMatch(/^cosign is not on the PATH\n/);
    expect(next).toContain("leave --sign out");
    expect(exitCode).toBe(2);
  });

  it("is not asked about a bundle that nobody has signed", async () => {
    const { message } = await errorOf(verifySignature(folder, { key: "k.pub", env: { PATH: home } }));
    expect(message).toContain("has no inventory.sigstore.json");
  });
});
