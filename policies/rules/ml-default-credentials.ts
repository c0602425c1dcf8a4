import { createHash } from "node:crypto";
import { z } from "zod";
import { expand } from "../kubernetes/places.ts";
import { type TextSubject, texts } from "../kubernetes/texts.ts";
import { at, isTrue } from "../reading.ts";
import type { Resource } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofKind } from "../subjects.ts";

/** SHA-256 of what Kubeflow is shipped with, so that none of it stands here. */
const SHIPPED = {
  password: "1718c24b10aeb8099e3fc44960ab6949ab76a267352459f203ea1036bec382c2",
  passwordHash: "c154376989fcff516b441dcc647bfe75780c80caf4f0d10012f98f93db0aa510",
  objectStore: "179c076ac522159dbbd50d4f1d84faf05551fe5b59d7e5824a800d46559fb1d1",
  database: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  oidcClient: "462a0aa7e3ad7e72bcc06fd22a504044f4a4c79033231b9dc8900ad84fbe29b9",
} as const;

const ACCOUNT = "user@example.com";
/** Keys under which a whole value is a password, however short and common a word it is. */
const PASSWORD_KEY = /pass|secret|token|key|credential/i;
const DATABASE_PASSWORD = /^(MYSQL|POSTGRES|MARIADB)(_ROOT)?_PASSWORD$/;
const EMPTY_ALLOWED = /^(MYSQL|MARIADB)_ALLOW_EMPTY(_ROOT)?_PASSWORD$/;
/** What may stand within a longer text; shorter words are too common there. */
const TOKEN = /[^\s"'`,;:=(){}[\]<>]{8,100}/g;

export const defaultCredentials = resourceRule({
  id: "ml-default-credentials",
  title: "Nothing opens with a password or an account that Kubeflow is shipped with",
  severity: "critical",
  why: "The account and the passwords of the release are published; whoever reaches the platform can log in, read every artifact and change every pipeline.",
  remediation:
    "Leave credentials to the program, which makes them from the stack's secret, and set auth.users to your own.",
  url: "https://www.kubeflow.org/docs/components/central-dash/profiles/",
  frameworks: [
    { framework: "OWASP Kubernetes Top Ten", id: "K08" },
    { framework: "CWE", id: "CWE-1392" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  nonExemptable: { stacks: ["prod", "airgapped"] },
  parameters: z.strictObject({
    hashes: z
      .array(z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal digits"))
      .default(Object.values(SHIPPED))
      .describe("SHA-256 of the passwords, password hashes and client secrets that must not be in use"),
    accounts: z.array(z.string()).default([ACCOUNT]).describe("Accounts that must not exist"),
  }),
  subjects: (resource) => [...texts(resource), ...owners(resource)],
  checks: {
    password: ({ value, key, name }, { parameters: { hashes } }) => {
      const text = at(value);
      if (typeof text !== "string") return;
      const candidates = PASSWORD_KEY.test(key) ? [text.trim(), ...tokensOf(text)] : tokensOf(text);
      if (!candidates.some((candidate) => hashes.includes(sha256(candidate)))) return;
      return { message: `${name} holds a password that Kubeflow is shipped with`, path: [] };
    },
    account: ({ value, name }, { parameters: { accounts } }) => {
      const text = at(value);
      if (typeof text !== "string" || !accounts.some((account) => text.includes(account))) return;
      return {
        message: `${name} names an account that Kubeflow is shipped with`,
        path: [],
        fix: "Set auth.users to the people who may log in, and ingress.host to a name of yours.",
      };
    },
    emptyPassword: ({ value, key, name, source }) => {
      if (source !== "variable") return;
      const allowed = EMPTY_ALLOWED.test(key) && isAffirmative(value);
      if (!allowed && !(DATABASE_PASSWORD.test(key) && at(value) === "")) return;
      return {
        message: `${name} lets everybody into the database without a password`,
        path: [],
        fix: `Take ${key} from a Secret that holds a password.`,
      };
    },
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: Secret
metadata: { name: mlpipeline-minio-artifact, namespace: kubeflow }
stringData: { accesskey: kubeflow, secretkey: 3f9c0e6bd2f147c1 }
---
apiVersion: kubeflow.org/v1
kind: Profile
metadata: { name: alice }
spec: { owner: { kind: User, name: alice@example.org } }
`,
    ],
    bad: {
      password: `
apiVersion: v1
kind: Secret
metadata: { name: mlpipeline-minio-artifact, namespace: kubeflow }
data: { accesskey: bWluaW8=, secretkey: bWluaW8xMjM= }
`,
      account: `
apiVersion: kubeflow.org/v1
kind: Profile
metadata: { name: kubeflow-user }
spec: { owner: { kind: User, name: user@example.com } }
`,
      emptyPassword: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: kubeflow }
spec:
  template:
    spec:
      containers:
        - name: mysql
          image: mysql:8.0.29
          env: [{ name: MYSQL_ALLOW_EMPTY_PASSWORD, value: "true" }]
`,
    },
  },
});

function owners(resource: Resource): TextSubject[] {
  return ofKind("Profile")(resource).flatMap((object) =>
    expand(object.value, ["spec", "owner", "name"]).map(({ value, path }) => ({
      ...{ resource, object, value, path: [...object.path, ...path], name: `the owner of ${object.name}` },
      ...{ source: "ConfigMap" as const, key: "owner" },
    })),
  );
}

function isAffirmative(value: unknown): boolean {
  return isTrue(value) || at(value) === "yes" || at(value) === "1";
}

function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
