// The process that owns a control plane: started by the command (link.ts) in the control plane's directory, told what to
// do over the IPC channel, and gone with everything it started as soon as that channel closes, unless it was told to keep
// the control plane.
import { rm } from "node:fs/promises";
import { identify } from "./identity.ts";
import { Keeper } from "./keeper.ts";
import type { Order, Report } from "./messages.ts";

const directory = process.cwd();
let keeper: Keeper | undefined;

process.on("message", (order: Order) => {
  switch (order.kind) {
    case "start":
      return void start(order);
    case "keep":
      return void keeper?.keep();
    case "stop":
      return void end();
  }
});
process.on("disconnect", () => void (keeper === undefined ? end() : keeper.disconnected()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end());
for (const event of ["uncaughtException", "unhandledRejection"] as const) process.on(event, fail);

async function start(order: Extract<Order, { kind: "start" }>): Promise<void> {
  const self = await identify(process.pid);
  if (self === undefined) throw new Error("this process cannot be identified");
  const started = new Keeper(directory, order, self, tell);
  keeper = started;
  try {
    await started.run();
  } catch (error) {
    console.error(error);
    await started.end(await started.explain(error));
  }
}

async function end(): Promise<never> {
  if (keeper !== undefined) return keeper.end();
  await rm(directory, { recursive: true, force: true });
  return process.exit(0);
}

function fail(error: unknown): void {
  console.error(error);
  const message = `the keeper of the control plane failed: ${error instanceof Error ? error.message : String(error)}`;
  void (keeper?.end({ message }) ?? process.exit(1));
}

function tell(report: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(report, () => resolve());
  });
}
