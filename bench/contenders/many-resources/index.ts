import * as pulumi from "@pulumi/pulumi";

/**
 * A program of the shape of the real one, as large as its configuration says: components with objects of 2.5 kB, which is
 * what Kubeflow's have on average, in waves with a gate between them and an error hook on every object.
 */
const count = new pulumi.Config().requireNumber("resources");

const WAVE = 80;
const ENTRIES = 20;
const ENTRY = "x".repeat(100);

class Nothing extends pulumi.CustomResource {
  constructor(name: string, data: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super("idle:index:Nothing", name, { data }, options);
  }
}

const provider = new (class extends pulumi.ProviderResource {})("idle", "idle", {});
const hook = new pulumi.ErrorHook("never", () => false);
const data = Object.fromEntries(Array.from({ length: ENTRIES }, (_, index) => [`entry-${index}`, ENTRY]));
let gate: Nothing | undefined;
for (let first = 0; first < count; first += WAVE) {
  const parent = new pulumi.ComponentResource("idle:index:Wave", `wave-${first}`, {}, { provider });
  const options = { parent, hooks: { onError: [hook] }, ...(gate === undefined ? {} : { dependsOn: [gate] }) };
  const objects = Math.min(WAVE, count - first) - 1;
  const wave = Array.from({ length: objects }, (_, index) => new Nothing(`object-${first + index}`, data, options));
  gate = new Nothing(`gate-${first}`, {}, { parent, dependsOn: wave, hooks: { onError: [hook] } });
}
