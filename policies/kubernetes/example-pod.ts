/** Lines of YAML that an example is about, by where they stand. */
export interface ExampleLines {
  readonly container?: string;
  readonly spec?: string;
  /** Fields of the pod's metadata: `namespace: alice`. */
  readonly metadata?: string;
  readonly image?: string;
}

/** The manifest of a pod with one container, for the examples of rules. */
export function examplePod({ container, spec, metadata, image = "python:3.12" }: ExampleLines = {}): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: train, ${metadata ?? "namespace: alice"} }
spec:
  containers:
    - name: main
      image: ${image}
${container === undefined ? "" : `      ${container}\n`}${spec === undefined ? "" : `  ${spec}\n`}`;
}
