import path from "node:path";
import { execa } from "execa";
import { describe, expect, it, vi } from "vitest";
import { TOOLS } from "../../../toolchain/index.ts";
import { type Machine, newMachine } from "./machine.ts";

function toolchain(machine: Machine, ...args: string[]) {
  const root = path.resolve(import.meta.dirname, "../../..");
  return execa(process.execPath, [path.join(root, "toolchain/cli.ts"), ...args], {
    env: machine.env,
    extendEnv: false,
    reject: false,
  });
}

/** Puts every tool on the machine's PATH in an accepted version. */
async function installEverything(machine: Machine): Promise<void> {
  const versions = { etcd: "3.6.5", kwok: "0.7.0", kustomize: "5.8.1" } as Readonly<Record<string, string>>;
  for (const tool of TOOLS) await machine.script(tool, `echo v${versions[tool] ?? "1.34.4"}`);
}

const lastLine = (output: string): unknown => JSON.parse(output.trim().split("\n").at(-1) ?? "");

describe("npm run toolchain", () => {
  it("ends in a table of tool, version, origin and path", async () => {
    const machine = await newMachine();
    await installEverything(machine);
    const { exitCode, stdout } = await toolchain(machine);
    expect(exitCode).toBe(0);
    const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(["tool", "version", "from", "path"]);
    expect(lines.slice(1).map(([tool]) => tool)).toEqual([...TOOLS]);
    expect(lines.at(-1)).toEqual(["kubectl", "1.34.4", "PATH", path.join(machine.folder, "bin/kubectl")]);
  });

  it("--json ends in one object", async () => {
    const machine = await newMachine();
    await installEverything(machine);
    const { exitCode, stdout } = await toolchain(machine, "--json");
    expect(exitCode).toBe(0);
    expect(lastLine(stdout)).toMatchObject({
      ok: true,
      kubernetes: "1.34.4",
      tools: TOOLS.map((tool) => ({ tool, origin: "path", path: path.join(machine.folder, "bin", tool) })),
    });
  });

  it("exits 1 with one clear error and no stack when there is no way", async () => {
    const machine = await newMachine();
    const { exitCode, stdout, stderr } = await toolchain(machine, "--json");
    expect(exitCode).toBe(1);
    expect(lastLine(stdout)).toMatchObject({ ok: false });
    expect(stderr).toContain("Next: install Go");
    expect(stderr).not.toContain("    at ");
  });

  it.for([["--no-such-option"], ["--kubernetes", "1.7"], ["extra"]])("exits 2 on %j", async (args) => {
    const machine = await newMachine();
    const { exitCode, stderr } = await toolchain(machine, ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error:");
  });

  it("exits 130 on an interrupt", async () => {
    const machine = await newMachine();
    await machine.script("go", `[ "$1" = env ] && echo go1.99.0 || exec sleep 600`);
    const run = toolchain(machine, "--json");
    let progress = "";
    run.stderr.on("data", (chunk: Buffer) => (progress += chunk.toString()));
    await vi.waitFor(() => expect(progress).toContain("building"), { timeout: 20_000 });
    run.kill("SIGINT");
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(lastLine(stdout)).toEqual({ ok: false, error: "interrupted" });
    expect(await machine.cached()).toEqual([]);
  });
});
