import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Pin } from "./pins.ts";

/** Absolute path of the Go module that pins the source of a tool. */
export function moduleFolder(pin: Pin): string {
  return path.join(import.meta.dirname, "modules", pin.module);
}

/** The oldest Go a tool's module can be built with, such as `1.24.0`. */
export async function requiredGo(pin: Pin): Promise<string> {
  const file = path.join(moduleFolder(pin), "go.mod");
  const version = /^go (\S+)$/m.exec(await readFile(file, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${file} has no go directive`);
  return version;
}

/** Flags of `go build` that shape the binary. */
export function buildFlags(pin: Pin): readonly string[] {
  const variables = Object.entries(pin.linkerVariables).map(([name, value]) => ` -X ${name}=${value}`);
  return ["-trimpath", `-ldflags=-s -w${variables.join("")}`];
}
