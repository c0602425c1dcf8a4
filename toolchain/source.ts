import type { Pin, Tool } from "./pins.ts";

/** Where a binary came from. */
export type Origin = "setting" | "cache" | "path" | "release" | "build";

/** A binary that is ready to run. */
export interface Found {
  readonly tool: Tool;
  readonly version: string;
  readonly origin: Origin;
  /** The origin in words: the name of the setting, the URL, the Go that built it. */
  readonly from: string;
  /** Absolute path. */
  readonly path: string;
}

/** What one search shares among its sources. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  /** Why sources had nothing, one reason a line: told only when every source failed. */
  readonly reasons: string[];
}

/** One place to get binaries from: returns what it has of `pins`, adds a reason where it has not. */
export type Source = (pins: readonly Pin[], context: Context) => Promise<readonly Found[]>;
