import { z } from "zod";
import { isEverybody, isPrivate, rangeOf } from "../cloud/ranges.ts";
import { argumentsOf } from "../kubernetes/arguments.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { type ContainerSubject, containers } from "../kubernetes/pod-templates.ts";
import { referenceOf } from "../kubernetes/reference.ts";
import { at, entriesAt, listAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

interface EgressSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly container?: ContainerSubject;
}

/** Registries that everybody can pull from, and nobody behind an air gap. */
const PUBLIC =
  /^(docker\.io|gcr\.io|.+\.gcr\.io|quay\.io|ghcr\.io|registry\.k8s\.io|nvcr\.io|public\.ecr\.aws|mcr\.microsoft\.com)$/;
const PIP = /\b(pip3?|uv pip)\s+install\b/;
const INDEX = /(?:--index-url|-i|--find-links|--no-index)\b[\s=]*(\S*)/;
const INDEX_VARIABLES = ["PIP_INDEX_URL", "UV_INDEX_URL", "PIP_NO_INDEX"];
const HUGGING_FACE = /huggingface|transformers|vllm|text-generation-inference/i;
const OFFLINE_VARIABLES = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT"];

/** Annotations that keep a load balancer inside of the network, one a cloud. */
const INTERNAL: Readonly<Record<string, RegExp>> = {
  "service.beta.kubernetes.io/aws-load-balancer-internal": /^true$/,
  "service.beta.kubernetes.io/aws-load-balancer-scheme": /^internal$/,
  "networking.gke.io/load-balancer-type": /^Internal$/,
  "service.beta.kubernetes.io/do-loadbalancer-network": /^INTERNAL$/,
};

export const airgapEgress = resourceRule({
  id: "ml-airgap-egress",
  title: "Nothing needs the internet, and nothing is reached from it",
  severity: "high",
  why: "Behind an air gap each of these waits for an answer that never comes: a package that is not installed, a model that is not loaded, a certificate that is not issued, at the first start or at the first renewal.",
  remediation:
    "Take packages, models and images from the mirrors inside, and certificates from an authority of your own.",
  url: "https://huggingface.co/docs/transformers/installation#offline-mode",
  frameworks: [],
  levels: { dev: "disabled", prod: "disabled", airgapped: "mandatory" },
  parameters: z.strictObject({
    mirrors: z.array(z.string()).default([]).describe("Hosts inside that packages, models and images may come from"),
  }),
  subjects: (resource): EgressSubject[] => [
    ...resource.objects.map((object) => ({ ...object, object })),
    ...containers(resource).map((container) => ({ ...container, container })),
  ],
  checks: {
    loadBalancer: ({ object, container, value, name }) => {
      if (container !== undefined || object.kind !== "Service" || textAt(value, "spec", "type") !== "LoadBalancer")
        return;
      const path = ["metadata", "annotations"];
      const isInside = entriesAt(value, ...path).some(([key, said]) => INTERNAL[key]?.test(String(said)) === true);
      const sources = textsAt(value, "spec", "loadBalancerSourceRanges").map(rangeOf);
      if (isInside || (sources.length > 0 && sources.every((range) => range !== undefined && isPrivate(range)))) return;
      return { message: `${name} asks for an address on the internet`, path: ["spec", "type"] };
    },
    serviceEntry: ({ object, container, value, name }, { parameters: { mirrors } }) => {
      if (container !== undefined || object.kind !== "ServiceEntry") return;
      if (textAt(value, "spec", "location") === "MESH_INTERNAL") return;
      const outside = textsAt(value, "spec", "hosts").filter((host) => !isInside(host, mirrors));
      if (outside.length === 0) return;
      return { message: `${name} leads out to ${outside.join(", ")}`, path: ["spec", "hosts"] };
    },
    networkPolicy: function* ({ object, container, value, name }) {
      if (container !== undefined || object.kind !== "NetworkPolicy") return;
      for (const peer of expand(value, ["spec", "egress", EACH, "to", EACH, "ipBlock", "cidr"])) {
        const range = rangeOf(String(at(peer.value)));
        if (range === undefined || !isEverybody(range)) continue;
        yield { message: `${name} lets pods out to the internet`, path: peer.path };
      }
    },
    acme: ({ object, container, value, name }) => {
      const path = ["spec", "acme"];
      if (container !== undefined || !/^(Cluster)?Issuer$/.test(object.kind) || at(value, ...path) === undefined)
        return;
      return {
        message: `${name} asks an authority on the internet for certificates`,
        path,
        fix: "Set ingress.tls to certificates of your own.",
      };
    },
    pip: function* ({ container, name }, { parameters: { mirrors } }) {
      if (container === undefined) return;
      const fromVariables = INDEX_VARIABLES.some((key) => variableOf(container, key) !== undefined);
      for (const word of argumentsOf(container)) {
        const text = at(word.value);
        if (typeof text !== "string" || !PIP.test(text) || fromVariables) continue;
        const index = INDEX.exec(text);
        if (index !== null && (index[1] === "" || mirrors.length === 0 || isInside(hostOf(index[1] ?? ""), mirrors)))
          continue;
        yield {
          message: `${name} installs packages from the internet`,
          subject: word,
          path: [],
          fix: "Give pip the index of the mirror: --index-url, or PIP_INDEX_URL.",
        };
      }
    },
    huggingFace: ({ container, value, name }) => {
      if (container === undefined || !HUGGING_FACE.test(textAt(value, "image") ?? "")) return;
      if (OFFLINE_VARIABLES.some((key) => variableOf(container, key) !== undefined)) return;
      return {
        message: `${name} loads models from the internet`,
        path: ["env"],
        fix: "Set HF_HUB_OFFLINE to 1, or HF_ENDPOINT to the mirror.",
      };
    },
    pull: ({ container, value, name }) => {
      if (container === undefined || textAt(value, "imagePullPolicy") !== "Always") return;
      const reference = referenceOf(textAt(value, "image"));
      if (reference === undefined || !PUBLIC.test(reference.host)) return;
      return { message: `${name} pulls from ${reference.host} at every start`, path: ["imagePullPolicy"] };
    },
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: serve, namespace: alice }
spec:
  containers:
    - name: main
      image: registry.example.com/huggingface/text-generation-inference:2.0
      args: ["pip install --index-url https://pypi.example.com/simple torch"]
      env: [{ name: HF_HUB_OFFLINE, value: "1" }]
`,
    ],
    bad: {
      loadBalancer: `
apiVersion: v1
kind: Service
metadata: { name: istio-ingressgateway, namespace: istio-system }
spec: { type: LoadBalancer }
`,
      serviceEntry: `
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: { name: pypi, namespace: alice }
spec: { hosts: [pypi.org], location: MESH_EXTERNAL }
`,
      networkPolicy: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: profile, namespace: alice }
spec: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] }
`,
      acme: `
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: { name: letsencrypt }
spec: { acme: { server: https://acme-v02.api.letsencrypt.org/directory } }
`,
      pip: pod('args: ["pip install torch"]'),
      huggingFace: pod("image: ghcr.io/huggingface/text-generation-inference:2.0"),
      pull: pod("imagePullPolicy: Always"),
    },
    parameters: { mirrors: ["example.com"] },
  },
});

function isInside(host: string, mirrors: readonly string[]): boolean {
  return (
    /\.(local|internal|svc)$/.test(host) || mirrors.some((mirror) => host === mirror || host.endsWith(`.${mirror}`))
  );
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? url;
}

/** The value of a variable of a container, undefined where it has none; what a Secret or ConfigMap gives counts. */
function variableOf({ value }: ContainerSubject, name: string): unknown {
  return listAt(value, "env").find((variable) => textAt(variable, "name") === name);
}

function pod(line: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers:
    - name: main
      ${line.startsWith("image:") ? "" : "image: python:3.12"}
      ${line}
`;
}
