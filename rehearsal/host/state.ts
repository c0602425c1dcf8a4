import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode, UserError } from "../../components/kit/errors.ts";
import type { ResourceState } from "./resources.ts";
import { fromJson, toJson } from "./signatures.ts";
import type { Json, Properties } from "./values.ts";

/** What is remembered between runs. */
export interface Snapshot {
  readonly resources: readonly ResourceState[];
}

/** Where a rehearsal's state is kept. */
export interface StateStore {
  /** The last snapshot; empty before the first run. */
  load(): Promise<Snapshot>;
  save(snapshot: Snapshot): Promise<void>;
}

/** Keeps the state in memory: previews and tests. */
export function memoryState(initial: Snapshot = { resources: [] }): StateStore {
  let current = initial;
  return {
    load: () => Promise.resolve(current),
    save: (snapshot) => {
      current = snapshot;
      return Promise.resolve();
    },
  };
}

const MAGIC = Buffer.from("rehearsal-state-1\n");
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Keeps the state in one file, encrypted with AES-256-GCM as a whole because inputs hold passwords. The key lies in
 * `keyFile` (default: beside it), made with mode 0600 at the first save. Files are replaced by rename, so a killed run
 * leaves the snapshot before or after, never half of one. Throws UserError when the file and the key do not fit.
 */
export function fileState(file: string, keyFile = `${file}.key`): StateStore {
  let key: Buffer | undefined;
  const records = new WeakMap<ResourceState, Buffer>();
  return {
    load: async () => {
      const content = await readIfPresent(file);
      if (content === undefined) return { resources: [] };
      key = await readIfPresent(keyFile);
      return parse(decrypt(content, key, file, keyFile));
    },
    save: async (snapshot) => {
      key ??= (await readIfPresent(keyFile)) ?? (await createKey(keyFile));
      await replace(file, encrypt(serialise(snapshot, records), key));
    },
  };
}

/** Each resource is turned to bytes once in a run: the same records are saved again every few seconds. */
function* serialise({ resources }: Snapshot, records: WeakMap<ResourceState, Buffer>): Generator<Buffer> {
  yield Buffer.from('{"resources":[');
  for (const [index, resource] of resources.entries()) {
    const bytes = records.get(resource) ?? bytesOf(resource);
    records.set(resource, bytes);
    yield index === 0 ? bytes.subarray(SEPARATOR.length) : bytes;
  }
  yield Buffer.from("]}");
}

const SEPARATOR = ",";

function bytesOf(resource: ResourceState): Buffer {
  const json = { ...resource, inputs: toJson(resource.inputs), outputs: toJson(resource.outputs) };
  return Buffer.from(`${SEPARATOR}${JSON.stringify(json)}`);
}

function parse(text: string): Snapshot {
  const { resources } = JSON.parse(text) as { resources: (ResourceState & { inputs: Json; outputs: Json })[] };
  return {
    resources: resources.map((resource) => ({
      ...resource,
      inputs: fromJson(resource.inputs) as Properties,
      outputs: fromJson(resource.outputs) as Properties,
    })),
  };
}

function encrypt(plain: Iterable<Buffer>, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(MAGIC);
  const body = [...Array.from(plain, (part) => cipher.update(part)), cipher.final()];
  return Buffer.concat([MAGIC, nonce, cipher.getAuthTag(), ...body]);
}

function decrypt(content: Buffer, key: Buffer | undefined, file: string, keyFile: string): string {
  const next = `restore ${keyFile}, or remove ${file} to begin with an empty state`;
  if (key?.length !== KEY_BYTES)
    throw new UserError(`the key of the state is missing or damaged: ${keyFile}`, { next });
  const header = MAGIC.length;
  if (!content.subarray(0, header).equals(MAGIC)) {
    throw new UserError(`${file} is not a state file of a rehearsal`, { next: `remove ${file} or name another file` });
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, content.subarray(header, header + NONCE_BYTES));
    decipher.setAAD(MAGIC);
    decipher.setAuthTag(content.subarray(header + NONCE_BYTES, header + NONCE_BYTES + TAG_BYTES));
    const body = content.subarray(header + NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  } catch (error) {
    throw new UserError(`${file} is damaged or was written with another key than ${keyFile}`, { next, cause: error });
  }
}

async function createKey(keyFile: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  await replace(keyFile, key);
  return key;
}

async function replace(file: string, content: Buffer): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new UserError(`the state cannot be written to ${file}: ${systemErrorCode(error) ?? String(error)}`, {
      next: "free or permit the disk, then run again: what was applied is adopted",
      cause: error,
    });
  }
}

async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw new UserError(`the state cannot be read from ${file}: ${systemErrorCode(error) ?? String(error)}`, {
      next: "permit reading it, or name another state file",
      cause: error,
    });
  }
}
