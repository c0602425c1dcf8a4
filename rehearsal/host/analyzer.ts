import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import analyzerRpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { UserError } from "../../components/kit/errors.ts";
import { analyzerRequest, configurationRequest, stackRequest } from "./analyzer-messages.ts";
import type { Named } from "./resources.ts";

/** A policy pack and how it is set. */
export interface PolicyPackOptions {
  /** Folder of the pack, compiled. */
  readonly directory: string;
  /** By policy: its level, and parameters beside it. What is left out stays as the pack has it. */
  readonly configuration: PolicyConfiguration;
}

export type PolicyConfiguration = Readonly<
  Record<string, { readonly enforcementLevel: EnforcementLevel } & Readonly<Record<string, unknown>>>
>;

export type EnforcementLevel = "advisory" | "mandatory" | "disabled" | "remediate";

/** What a policy has to say of a resource. */
export interface Diagnostic {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  readonly severity: string;
  /** Empty where the pack names none. */
  readonly urn: string;
  readonly message: string;
}

/** A policy pack that runs in a process of its own. */
export interface Analyzer {
  /** Of one resource, before it is applied. */
  analyze(resource: Named): Promise<readonly Diagnostic[]>;
  /** Of all of them, in the end. */
  analyzeStack(resources: readonly Named[]): Promise<readonly Diagnostic[]>;
  close(): void;
}

const LARGEST_MESSAGE = 400 * 1024 * 1024;
const TETHER = import.meta.resolve("./tether.ts");

export interface AnalyzedStack {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
}

/** Starts a pack as Pulumi's engine does and hands it its configuration. Throws UserError where it does not come up. */
export async function startAnalyzer(pack: PolicyPackOptions, stack: AnalyzedStack): Promise<Analyzer> {
  const { port, end } = await startPack(pack.directory, stack);
  const client = new analyzerRpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
  });
  const close = () => {
    client.close();
    end();
  };
  const ask = (method: "analyze" | "analyzeStack", message: Buffer) =>
    answer<analyzerProto.AnalyzeResponse>((callback) =>
      client.makeUnaryRequest(
        analyzerRpc.AnalyzerService[method].path,
        (bytes: Buffer) => bytes,
        (bytes) => analyzerProto.AnalyzeResponse.deserializeBinary(bytes),
        message,
        callback,
      ),
    ).then((response) => response.getDiagnosticsList().map(diagnosticOf));
  try {
    await answer((callback) => client.configure(configurationRequest(pack.configuration), callback));
  } catch (error) {
    close();
    throw error;
  }
  return {
    analyze: (resource) => ask("analyze", analyzerRequest(resource)),
    analyzeStack: (resources) => ask("analyzeStack", stackRequest(resources)),
    close,
  };
}

async function startPack(directory: string, stack: AnalyzedStack): Promise<{ port: string; end: () => void }> {
  const folder = path.resolve(directory);
  const child = spawn(process.execPath, ["--import", TETHER, packRunner(folder), NO_ENGINE, "."], {
    cwd: folder,
    env: {
      ...process.env,
      PULUMI_NODEJS_PROJECT: stack.project,
      PULUMI_NODEJS_STACK: stack.stack,
      PULUMI_NODEJS_DRY_RUN: String(stack.preview),
    },
    // Nothing is written to it: it is what the pack ends with, so that it never outlives this process.
    stdio: ["pipe", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  const [port] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "close"),
  ])) as [unknown];
  if (typeof port === "string" && /^\d+$/.test(port)) return { port, end: () => void child.kill() };
  child.kill();
  throw new UserError(`the policy pack in ${directory} does not start: ${complaints.join("\n")}`, {
    next: "npm run policy:build, and look at its exemptions",
  });
}

/** The pack is given the address of an engine and never calls it. */
const NO_ENGINE = "127.0.0.1:1";

function packRunner(directory: string): string {
  return createRequire(path.join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
}

function answer<T>(ask: (callback: (error: grpc.ServiceError | null, response?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, response) => {
      if (error !== null) reject(new Error(`the policy pack failed: ${error.details}`, { cause: error }));
      else resolve(response as T);
    });
  });
}

const SEVERITIES = ["", "low", "medium", "high", "critical"];

function diagnosticOf(message: analyzerProto.AnalyzeDiagnostic): Diagnostic {
  const { ADVISORY } = analyzerProto.EnforcementLevel;
  return {
    policy: message.getPolicyname(),
    level: message.getEnforcementlevel() === ADVISORY ? "advisory" : "mandatory",
    severity: SEVERITIES[message.getSeverity()] ?? "",
    urn: message.getUrn(),
    message: message.getMessage(),
  };
}
