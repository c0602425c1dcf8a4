import { at, listAt, textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";
import type { Request, SimulatedCloud } from "./cloud.ts";
import type { Field, Fields, ResourceSchema, Shape } from "./schema/shape.ts";

const STRING: Shape = { kind: "string" };
const NUMBER: Shape = { kind: "number" };
const BOOLEAN: Shape = { kind: "boolean" };

const listOf = (name: string): Shape => ({ kind: "list", of: { kind: "object", name } });
const required = (shape: Shape): Field => ({ shape, required: true });

/** Fields that may be left out, and those that may not. */
function fields(optional: Readonly<Record<string, Shape>>, others: Readonly<Record<string, Shape>> = {}): Fields {
  const may = Object.entries(optional).map(([name, shape]): [string, Field] => [name, { shape, required: false }]);
  const must = Object.entries(others).map(([name, shape]): [string, Field] => [name, required(shape)]);
  return Object.fromEntries([...may, ...must]);
}

function declares(
  inputs: Fields,
  added: readonly string[],
  objects: Readonly<Record<string, Fields>> = {},
): ResourceSchema {
  return { inputs, objects, outputs: [...Object.keys(inputs), ...added] };
}

/** What the schema of the plugin, 3.10.21, declares of what is used. */
const DECLARED: Readonly<Record<string, ResourceSchema>> = {
  "pulumi:providers:harbor": declares(
    fields({
      apiVersion: NUMBER,
      bearerToken: STRING,
      insecure: BOOLEAN,
      password: STRING,
      robotPrefix: STRING,
      sessionId: STRING,
      url: STRING,
      username: STRING,
    }),
    [],
  ),
  "harbor:index/project:Project": declares(
    fields({
      autoSbomGeneration: BOOLEAN,
      cveAllowlists: { kind: "list", of: STRING },
      deploymentSecurity: STRING,
      enableContentTrust: BOOLEAN,
      enableContentTrustCosign: BOOLEAN,
      forceDestroy: BOOLEAN,
      name: STRING,
      public: BOOLEAN,
      registryId: NUMBER,
      storageQuota: NUMBER,
      vulnerabilityScanning: BOOLEAN,
    }),
    ["projectId"],
  ),
  "harbor:index/robotAccount:RobotAccount": declares(
    fields(
      { description: STRING, disable: BOOLEAN, duration: NUMBER, name: STRING, secret: STRING },
      { level: STRING, permissions: listOf("RobotAccountPermission") },
    ),
    ["fullName", "robotId"],
    {
      RobotAccountPermission: fields(
        {},
        { accesses: listOf("RobotAccountPermissionAccess"), kind: STRING, namespace: STRING },
      ),
      RobotAccountPermissionAccess: fields({ effect: STRING }, { action: STRING, resource: STRING }),
    },
  ),
  "harbor:index/immutableTagRule:ImmutableTagRule": declares(
    fields(
      { disabled: BOOLEAN, repoExcluding: STRING, repoMatching: STRING, tagExcluding: STRING, tagMatching: STRING },
      { projectId: STRING },
    ),
    [],
  ),
  "harbor:index/retentionPolicy:RetentionPolicy": declares(
    fields({ schedule: STRING }, { rules: listOf("RetentionPolicyRule"), scope: STRING }),
    [],
    {
      RetentionPolicyRule: fields({
        alwaysRetain: BOOLEAN,
        disabled: BOOLEAN,
        mostRecentlyPulled: NUMBER,
        mostRecentlyPushed: NUMBER,
        nDaysSinceLastPull: NUMBER,
        nDaysSinceLastPush: NUMBER,
        repoExcluding: STRING,
        repoMatching: STRING,
        tagExcluding: STRING,
        tagMatching: STRING,
        untaggedArtifacts: BOOLEAN,
      }),
    },
  ),
};

const NAME = {
  pattern: /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  says: "a name has lower-case letters and digits, with single dots, dashes or underscores between",
};

/** As far as the program looks at what Harbor answers, and what Harbor refuses of what it is asked. */
export const harbor: SimulatedCloud = {
  package: "harbor",
  declared: DECLARED,
  resources: {
    "harbor:index/project:Project": {
      id: ({ hash }) => `/projects/${numberOf(hash)}`,
      forms: {
        name: NAME,
        deploymentSecurity: { pattern: /^(none|low|medium|high|critical)$/, says: "a severity is one of five" },
      },
      outputs: ({ hash }) => ({ projectId: numberOf(hash) }),
      refuses: ({ storageQuota }) =>
        storageQuota === undefined ||
        storageQuota === -1 ||
        (Number.isInteger(storageQuota) && Number(storageQuota) > 0)
          ? []
          : [`storageQuota: ${JSON.stringify(storageQuota)} is neither whole gibibytes nor -1`],
    },
    "harbor:index/robotAccount:RobotAccount": {
      id: ({ hash }) => `/robots/${numberOf(hash)}`,
      forms: { name: NAME, level: { pattern: /^(system|project)$/, says: "a robot is of the system or of a project" } },
      outputs: ({ hash, inputs }) => ({ fullName: fullNameOf(inputs), robotId: String(numberOf(hash)) }),
      secrets: ["secret"],
      refuses: robotProblems,
    },
    "harbor:index/immutableTagRule:ImmutableTagRule": {
      id: ({ hash, inputs }) => `${textAt(inputs, "projectId")}/immutabletagrules/${numberOf(hash)}`,
    },
    "harbor:index/retentionPolicy:RetentionPolicy": {
      id: ({ hash }: Request) => `/retentions/${numberOf(hash)}`,
      forms: {
        schedule: { pattern: /^(Hourly|Daily|Weekly)$/, says: "what is written otherwise changes in every run" },
      },
    },
  },
  // Namespaces of permissions are names of projects.
  references: { properties: ["projectId", "scope", "namespace"], allowed: [] },
};

/** Harbor counts what it has. */
function numberOf(hash: string): number {
  return parseInt(hash.slice(0, 4), 16);
}

/** With the prefix that Harbor has unless somebody changes it. */
function fullNameOf(inputs: JsonObject): string {
  return `robot$${textAt(inputs, "permissions", 0, "namespace")}+${textAt(inputs, "name")}`;
}

function robotProblems(inputs: JsonObject): string[] {
  const { secret } = inputs;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /^.{8,128}$/];
  const isWeak = typeof secret === "string" && classes.some((wanted) => !wanted.test(secret));
  const permissions = listAt(inputs, "permissions");
  const isWide = at(inputs, "level") === "project" && permissions.length > 1;
  return [
    ...(isWeak ? ["secret: a robot's has 8 to 128 characters, a capital, a small letter and a digit among them"] : []),
    ...(permissions.length === 0 ? ["permissions: a robot has some"] : []),
    ...(isWide ? ["permissions: a robot of a project has those of one project"] : []),
  ];
}
