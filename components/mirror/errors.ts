import { systemErrorCode, UserError } from "../kit/errors.ts";

/** Exit code of each class of failure; 0 is success, 130 an interruption. */
export const EXIT = {
  usage: 2,
  /** Images failed for reasons of several classes; the rest is complete. */
  incomplete: 3,
  integrity: 4,
  authentication: 5,
  network: 6,
  storage: 7,
  /** Upstream moved or is gone, or what is there is not what the lock says. */
  drift: 8,
} as const;

/** The class of failure that each code of a message belongs to. */
const CLASS_OF = {
  E_USAGE: "usage",
  E_LIST: "usage",
  E_INCOMPLETE: "incomplete",
  E_DIGEST: "integrity",
  E_MANIFEST: "integrity",
  E_BUNDLE: "integrity",
  E_VOLUME: "integrity",
  E_MISSING: "integrity",
  E_AUTH: "authentication",
  E_NETWORK: "network",
  E_RATE: "network",
  E_REFUSED: "network",
  E_SPARSE: "network",
  E_SPACE: "storage",
  E_STORAGE: "storage",
  E_LOCKED: "storage",
  E_GONE: "drift",
  E_MOVED: "drift",
  E_DIFFERS: "drift",
  E_FOREIGN: "drift",
  /** What a delta leaves out is not there. */
  E_BASE: "drift",
} as const satisfies Record<string, keyof typeof EXIT>;

export type MirrorCode = keyof typeof CLASS_OF;

/** A failure of the mirror: the message begins with its code, for people who search and for programs that read logs. */
export class MirrorError extends UserError {
  readonly code: MirrorCode;

  constructor(code: MirrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(`${code} ${message}`, { ...options, exitCode: EXIT[CLASS_OF[code]] });
    this.name = "MirrorError";
    this.code = code;
  }
}

/** The error of one exit code for the failures of many images: their class where they share it; integrity before all. */
export function exitCodeOf(failures: readonly unknown[]): number {
  const codes = new Set(failures.map((failure) => (failure instanceof UserError ? failure.exitCode : 1)));
  if (codes.has(EXIT.integrity)) return EXIT.integrity;
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : EXIT.incomplete;
}

/** Failures after which nothing else can succeed either. */
export function stopsEverything(error: unknown): boolean {
  return error instanceof MirrorError && (error.exitCode === EXIT.storage || error.code === "E_USAGE");
}

const STORAGE_CODES = new Set([
  "ENOSPC",
  "EDQUOT",
  "EACCES",
  "EPERM",
  "EROFS",
  "EIO",
  "EFBIG",
  "EMFILE",
  "ENOTDIR",
  "ELOOP",
]);

/** An error of the file system as one for people; anything else as it is. */
export function explainStorage(error: unknown, folder: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || !STORAGE_CODES.has(code)) return error;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new MirrorError("E_SPACE", `the disk that holds ${folder} is full; what is there stays and is continued`, {
      next: "free some space and run the same command again",
      cause: error,
    });
  }
  if (code === "EFBIG") {
    return new MirrorError("E_SPACE", `${folder} is on a file system that takes no larger file (FAT: 4 GiB)`, {
      next: "export in volumes: --max-size 4GiB",
      cause: error,
    });
  }
  return new MirrorError("E_STORAGE", `${folder} cannot be used: ${(error as Error).message}`, {
    next: "permit it, or choose another folder",
    cause: error,
  });
}
