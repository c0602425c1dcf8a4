import * as pulumi from "@pulumi/pulumi";

/**
 * The value of an output as soon as it has one; undefined where this run will not know it: in a preview of what is new,
 * and where Pulumi leaves alone what it is of. Nothing depends on anything by it.
 */
export async function knownValue<T>(output: pulumi.Output<T> | undefined): Promise<T | undefined> {
  if (output === undefined) return undefined;
  const serialized: unknown = await pulumi.runtime.serializeProperty("value", output, new Set());
  if (serialized === pulumi.runtime.unknownValue) return undefined;
  return new Promise((resolve) => void output.apply(resolve));
}
