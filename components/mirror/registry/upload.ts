import type { Descriptor } from "../oci/manifest.ts";
import { Interrupted, isTransient, StatusError } from "./failures.ts";
import type { RegistryHttp } from "./http.ts";
import type { BlobSource } from "./registry.ts";
import { type UploadJournal, UploadSession } from "./upload-session.ts";

export interface UploadContext {
  readonly http: RegistryHttp;
  readonly scope: string;
  /** Milliseconds the registry may take to store a whole blob. */
  readonly commit: number;
  readonly sizes: UploadSizes;
}

const MIB = 1024 * 1024;

/** Bytes. */
export interface UploadSizes {
  /** Blobs up to this are sent again after an interruption, longer ones from where the registry stands. */
  readonly anew: number;
  /** Blobs up to this go in one request, which every registry takes and which costs least. */
  readonly single: number;
  /** What an interruption of a longer one costs at most, where the registry keeps what came in whole requests only. */
  readonly chunk: number;
}

export const UPLOADS: UploadSizes = { anew: 2 * MIB, single: 512 * MIB, chunk: 64 * MIB };

/** What a registry says of bytes that it may take when they are sent again: the token ended, the session is lost. */
const SEND_AGAIN = new Set([401, 404, 409, 416]);
/** What it says of whoever asks, not of the upload that is asked about. */
const OF_THE_CLIENT = new Set([401, 429]);

/**
 * Sends a blob. A request that carries bytes is never repeated blindly: what the registry has is asked for first, and what
 * it has of a broken or killed upload is not sent again.
 */
export async function upload(
  context: UploadContext,
  repository: string,
  blob: Descriptor,
  source: BlobSource,
  journal?: UploadJournal,
): Promise<void> {
  const { http, scope, sizes } = context;
  const session = blob.size > sizes.anew ? await UploadSession.open(journal) : undefined;
  let isFirst = true;
  await http.retrying(async (progressed) => {
    const target = `/v2/${repository}/blobs/${blob.digest}`;
    const check = { method: "HEAD", target, scope, accept: [200, 404] } as const;
    // The answer to the try before may have been lost, but not the blob.
    if (!isFirst && (await http.once(check, ({ status }) => status === 200))) return;
    isFirst = false;
    const continued = session && (await goOn(context, blob, session, progressed));
    try {
      const from = continued ?? { location: await begin(context, repository), offset: 0 };
      await send(context, blob, source, from, async ({ location }) => {
        if (location !== from.location) progressed();
        await session?.moved(location);
      });
    } catch (error) {
      if (!(error instanceof StatusError) || isTransient(error)) throw error;
      // What the registry refuses for good it will refuse again from there, but perhaps not from the beginning.
      await session?.forget();
      throw continued === undefined ? error : new Interrupted(error.message, { cause: error });
    }
  });
  await session?.forget();
}

interface Standing {
  readonly location: URL;
  /** Bytes the registry has. */
  readonly offset: number;
}

/** Where the registry stands with an upload that was begun; undefined where it has to begin anew. */
async function goOn(
  context: UploadContext,
  { size }: Descriptor,
  session: UploadSession,
  progressed: () => void,
): Promise<Standing | undefined> {
  if (session.location === undefined) return undefined;
  session.tried();
  try {
    const found = await standing(context, session.location);
    if (session.stands(found.offset)) progressed();
    if (found.offset <= size && !session.isHopeless) return found;
  } catch (error) {
    if (!(error instanceof StatusError) || OF_THE_CLIENT.has(error.status)) throw error;
    if (isTransient(error) && !session.isHopeless) throw error;
  }
  await session.forget();
  return undefined;
}

/** Sends what the registry does not have, and tells where it stands before every request. */
async function send(
  context: UploadContext,
  blob: Descriptor,
  source: BlobSource,
  from: Standing,
  stands: (standing: Standing) => Promise<void>,
): Promise<void> {
  const { single, chunk } = context.sizes;
  let state = from;
  await stands(state);
  while (blob.size > single && blob.size - state.offset > chunk) {
    state = await sendChunk(context, state.location, source, state.offset, state.offset + chunk);
    await stands(state);
  }
  await commit(context, state.location, blob, source, state.offset);
}

async function begin({ http, scope }: UploadContext, repository: string): Promise<URL> {
  const target = `/v2/${repository}/blobs/uploads/`;
  return http.once({ method: "POST", target, scope, accept: [202] }, (response, url) => {
    const location = response.header("location");
    if (location === undefined) throw new Interrupted("the registry does not say where to upload to");
    return http.resolve(location, url);
  });
}

async function standing({ http, scope }: UploadContext, location: URL): Promise<Standing> {
  return http.once({ method: "GET", target: location, scope, accept: [204, 202, 200] }, (response, url) => {
    const given = response.header("location");
    const end = /^(?:bytes=)?0-(\d+)$/.exec(response.header("range") ?? "")?.[1];
    // An empty upload has no last byte to name; registries say 0-0, which they also say of one byte.
    const offset = end === undefined || end === "0" ? 0 : Number(end) + 1;
    return { location: given === undefined ? location : http.resolve(given, url), offset };
  });
}

async function sendChunk(
  { http, scope }: UploadContext,
  location: URL,
  source: BlobSource,
  from: number,
  to: number,
): Promise<Standing> {
  const body = source.open(from, to);
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(to - from),
    "content-range": `${from}-${to - 1}`,
  };
  return sending(body, () =>
    http.once({ method: "PATCH", target: location, scope, headers, body, accept: [202, 204] }, (response, url) => {
      const given = response.header("location");
      return { location: given === undefined ? location : http.resolve(given, url), offset: to };
    }),
  );
}

async function commit(
  { http, scope, commit: patience }: UploadContext,
  location: URL,
  blob: Descriptor,
  source: BlobSource,
  from: number,
): Promise<void> {
  const target = new URL(location);
  target.searchParams.set("digest", blob.digest);
  const headers = { "content-type": "application/octet-stream", "content-length": String(blob.size - from) };
  const body = source.open(from, blob.size);
  await sending(body, () =>
    http.once({ method: "PUT", target, scope, headers, body, patience, accept: [201, 204] }, () => undefined),
  );
}

async function sending<T>(body: AsyncGenerator<Buffer, void>, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof StatusError && SEND_AGAIN.has(error.status)) {
      throw new Interrupted(error.message, { cause: error });
    }
    throw error;
  } finally {
    // A connection that breaks leaves it where it stood, with its file open.
    await body.return();
  }
}
