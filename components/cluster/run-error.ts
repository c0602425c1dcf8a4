import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../kit/errors.ts";

/** For `catch`: throws errors that are for people as the runner prints them, without a stack trace; others as they are. */
export function throwForPeople(error: unknown): never {
  throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
}
