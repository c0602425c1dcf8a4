import { Argument, type Command } from "commander";
import { defined } from "../../kit/defined.ts";
import { type Environment, environments } from "../../settings/environments.ts";
import type { StackChoice } from "../list/stacks.ts";

export interface StackFlags {
  readonly config?: string;
}

/** Lets a verb be told which stacks it is about. */
export function withStackOptions(command: Command): Command {
  return command
    .addArgument(new Argument("[environment]", "only this stack (default: all)").choices(Object.keys(environments)))
    .option("--config <file>", "a stack file whose settings replace those of Pulumi.<environment>.yaml");
}

export function chosenBy(environment: string | undefined, { config }: StackFlags): StackChoice {
  return defined({ environment: environment as Environment | undefined, config });
}
