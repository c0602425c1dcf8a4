import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type HostEvent, type HostResult, memoryState, run, type RunOptions } from "../../rehearsal/host/index.ts";
import { FakeProvider } from "../fixtures/fake-provider.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const PRELUDE = new URL("../fixtures/contract/prelude.ts", import.meta.url).href;

/** Before every program: what it is made of, and a provider for it. */
const HEAD = `import * as pulumi from "@pulumi/pulumi";
import { FakeProvider, Group, Thing } from ${JSON.stringify(PRELUDE)};
const config = new pulumi.Config();
const provider = new FakeProvider("fake");
`;

/** What an engine has seen of a program, and what it did. */
export interface Seen {
  readonly ok: boolean;
  readonly records: HostResult["resources"];
  /** The same by name. */
  readonly resources: Readonly<Record<string, Partial<HostResult["resources"][number]>>>;
  readonly outputs: HostResult["outputs"];
  readonly failures: readonly string[];
  /** Of the provider, in order: `create name`. */
  readonly calls: readonly string[];
  /** What the program logged: `warning: text`. */
  readonly log: readonly string[];
}

/** Runs small programs, given as the text that follows {@link HEAD}, one after another on one state. */
export class Stage {
  readonly #directory: string;
  readonly #state = memoryState();
  readonly #provider = new FakeProvider();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Stage> {
    const directory = await mkdtemp(path.join(tmpdir(), "contract-"));
    await symlink(MODULES, path.join(directory, "node_modules"));
    await writeFile(path.join(directory, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
    return new Stage(directory);
  }

  async run(program: string, options: Pick<RunOptions, "preview" | "accelerated"> = {}): Promise<Seen> {
    await writeFile(path.join(this.#directory, "index.ts"), HEAD + program);
    const events: HostEvent[] = [];
    const before = this.#provider.calls.length;
    const result = await run({
      program: this.#directory,
      project: "project",
      stack: "stack",
      config: new Map([
        ["project:plain", { value: "in clear", secret: false }],
        ["project:password", { value: "hunter2-password", secret: true }],
      ]),
      providers: new Map([["fake", () => this.#provider]]),
      state: this.#state,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return {
      ok: result.ok,
      records: result.resources,
      resources: Object.fromEntries(result.resources.map((resource) => [resource.name, resource])),
      outputs: result.outputs,
      failures: result.failures.map(({ message }) => message),
      calls: this.#provider.calls.slice(before),
      log: events.flatMap(({ type, severity, message }) => (type === "log" ? [`${severity}: ${message}`] : [])),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true });
  }
}
