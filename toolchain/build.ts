import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../components/kit/errors.ts";
import { explainBuildFailure } from "./build-failures.ts";
import { makeEntry, type Provenance } from "./entry.ts";
import { findGo, type Go } from "./go.ts";
import { buildFlags, moduleFolder } from "./modules.ts";
import type { Pin } from "./pins.ts";
import type { Context, Found } from "./source.ts";
import { runTethered } from "./tether.ts";

const HEARTBEAT_MS = 15_000;

/** Lines of a failed build that are shown. */
const SHOWN_LINES = 15;

/**
 * Binaries built from the pinned Go modules, one after the other: `go build` uses every core, and what an interrupted
 * run has finished stays. Throws UserError for a Go that is too old and for a build that fails.
 */
export async function fromModules(pins: readonly Pin[], context: Context): Promise<readonly Found[]> {
  const go = await findGo(pins, context);
  if (go === undefined) {
    context.reasons.push("no Go is on PATH to build from source");
    return [];
  }
  const names = pins.map((pin) => pin.tool).join(", ");
  context.report(`building ${names} with ${go.version} (${buildTime(pins)} on 2 cores, once)`);
  const built: Found[] = [];
  for (const pin of pins) built.push(await makeEntry(pin, context, (file) => build(pin, go, file, context)));
  return built;
}

async function build(pin: Pin, go: Go, file: string, context: Context): Promise<Provenance> {
  const { env, signal, report } = context;
  const began = Date.now();
  const counts = { modules: 0, packages: 0 };
  const output: string[] = [];
  const temporary = path.join(path.dirname(file), "work");
  await mkdir(temporary);

  const heartbeat = setInterval(() => {
    const { modules, packages } = counts;
    report(`${pin.tool}: ${modules} modules downloaded, ${packages} packages compiled, ${elapsed(began)}`);
  }, HEARTBEAT_MS);
  try {
    const { ok, ending } = await runTethered(go.path, ["build", "-v", ...buildFlags(pin), "-o", file, pin.package], {
      cwd: moduleFolder(pin),
      env: { ...env, ...buildEnvironment(pin), GOTMPDIR: temporary },
      signal,
      onLine: (line) => {
        if (line.startsWith("go: downloading ")) counts.modules += 1;
        else if (/^[^\s:]+$/.test(line)) counts.packages += 1;
        else output.push(line);
      },
    });
    if (!ok) throw failure(pin, output.length > 0 ? output : [ending]);
  } finally {
    clearInterval(heartbeat);
  }
  await rm(temporary, { recursive: true, force: true });
  report(`built ${pin.tool} ${pin.version} in ${elapsed(began)}`);
  return { origin: "build", from: `built with ${go.version}` };
}

/** Settings of the user's Go that would change what is built are overruled; where it finds modules is theirs. */
function buildEnvironment(pin: Pin): NodeJS.ProcessEnv {
  return {
    CGO_ENABLED: "0",
    GOOS: pin.platform.os,
    GOARCH: pin.platform.arch,
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
  };
}

function failure(pin: Pin, output: readonly string[]): UserError {
  const { cause, next } = explainBuildFailure(output.join("\n"));
  const lines = output.slice(-SHOWN_LINES).map((line) => `  | ${line}`);
  return new UserError(`building ${pin.tool} ${pin.version} failed: ${cause}\n${lines.join("\n")}`, { next });
}

function buildTime(pins: readonly Pin[]): string {
  const minutes = Math.ceil(pins.reduce((sum, pin) => sum + pin.buildSeconds, 0) / 60);
  return `about ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

function elapsed(began: number): string {
  const seconds = Math.round((Date.now() - began) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
