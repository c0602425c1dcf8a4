/** An image reference taken apart. Canonical: the host is never left out, and official images are below `library/`. */
export interface Reference {
  /** Registry, with its port where it has one: `docker.io`, `localhost:5000`. */
  readonly host: string;
  /** Repository within the registry: `library/busybox`. */
  readonly path: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits; wins over a tag. */
  readonly digest?: string;
}

const DEFAULT_HOST = "docker.io";
/** What Docker Hub was called before; still written in configurations. */
const OLD_DEFAULT_HOST = "index.docker.io";
const OFFICIAL = "library/";

const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?$`);
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const PATH = new RegExp(String.raw`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** A bare image ID, which is no name. */
const IDENTIFIER = /^[0-9a-f]{64}$/;
const LONGEST_NAME = 255;

/**
 * Reads a reference as container runtimes do (the grammar of distribution/reference). Throws RangeError where a runtime
 * would refuse it.
 */
export function parseReference(text: string): Reference {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const { host, path } = repositoryOf(colon < 0 ? named : named.slice(0, colon));
  const isValid =
    HOST.test(host) &&
    PATH.test(path) &&
    `${host}/${path}`.length <= LONGEST_NAME &&
    !IDENTIFIER.test(text) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!isValid) throw new RangeError(`${JSON.stringify(text)} is not an image reference`);
  return { host, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

export function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}

/** The reference in full: `docker.io/library/busybox:1.28`. */
export function formatReference({ host, path, tag, digest }: Reference): string {
  return `${host}/${path}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** One way to write a reference, whichever way it was written. Throws RangeError as `parseReference` does. */
export function canonical(text: string): string {
  return formatReference(parseReference(text));
}

/** Whether a reference in full is of an origin: of a registry, of a folder of one, or of a single repository. */
export function isWithin(full: string, origin: string): boolean {
  // Without a tag as if it had one.
  return beginningsOf(origin).some((beginning) => `${full}:`.startsWith(beginning));
}

/** What references of an origin begin with. After a registry comes a slash; after a repository there may be a tag or a digest. */
export function beginningsOf(origin: string): string[] {
  return (origin.includes("/") ? ["/", ":", "@"] : ["/"]).map((end) => origin + end);
}

/** The first part is a registry only where it could not be a folder of Docker Hub. */
function repositoryOf(name: string): Pick<Reference, "host" | "path"> {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = isHost && first !== OLD_DEFAULT_HOST ? first : DEFAULT_HOST;
  const path = isHost ? name.slice(slash + 1) : name;
  return { host, path: host === DEFAULT_HOST && !path.includes("/") ? `${OFFICIAL}${path}` : path };
}
