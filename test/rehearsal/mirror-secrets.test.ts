import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cacheRoot } from "../../components/kit/cache.ts";
import { FaultProxy, type Rule } from "../kit/fault-proxy.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const PASSWORD = "pa55-m4rker";
const WRONG = "wr0ng-m4rker";
const TOKEN = "t0ken-m4rker";
const SIGNATURE = "s1gned-m4rker";
const SETTING = "s3tting-m4rker";
const basic = (password: string) => Buffer.from(`someone:${password}`).toString("base64");
/** What nobody may read anywhere. */
const SECRETS = [PASSWORD, WRONG, TOKEN, SIGNATURE, SETTING, basic(PASSWORD), basic(WRONG)];

let home: MirrorHome;
let registry: RunningRegistry;
let proxy: FaultProxy;
let round = 0;

beforeAll(async () => {
  [home, registry] = await Promise.all([MirrorHome.open(), startRegistry()]);
  await seed(registry.origin, "app", "v1", makeImage([noise("a layer", 200_000)]));
  proxy = await FaultProxy.before(registry.origin);
  await writeFile(home.path("images.txt"), `${proxy.host}/app:v1`);
  await mkdir(home.path("secrets", "bin"), { recursive: true });
});
afterAll(async () => {
  await proxy.close();
  await Promise.all([home.close(), registry.stop()]);
});
beforeEach(() => {
  round += 1;
  proxy.use(signedIn());
});

/** A registry that gives tokens to who knows the password; `then` is what becomes of requests that bring one. */
function signedIn(then: Rule = () => undefined): Rule {
  const challenge = `Bearer realm="${proxy.origin}/token",service="here",scope="repository:app:pull,push"`;
  return (request) => {
    const { authorization } = request.headers;
    if (request.path.startsWith("/token"))
      return authorization === `Basic ${basic(PASSWORD)}`
        ? { kind: "answer", status: 200, body: JSON.stringify({ token: TOKEN }) }
        : { kind: "answer", status: 401, body: '{"details":"incorrect username or password"}' };
    if (authorization !== `Bearer ${TOKEN}`)
      return { kind: "answer", status: 401, headers: { "www-authenticate": challenge } };
    return then(request);
  };
}

/** Ways to tell the password, each as runs of the command line and what has to be on it. */
const WAYS = {
  "a file of docker's": async (password: string) => {
    const auths = { [proxy.host]: { auth: basic(password) } };
    await writeFile(home.path("secrets", "config.json"), JSON.stringify({ auths }));
    return { where: home.with({ DOCKER_CONFIG: home.path("secrets") }), args: [] };
  },
  "a helper": async (password: string) => {
    const helper = home.path("secrets", "bin", "docker-credential-vault");
    await writeFile(helper, `#!/bin/sh\nprintf '{"Username":"someone","Secret":"${password}"}'\n`);
    await chmod(helper, 0o755);
    await writeFile(home.path("secrets", "config.json"), JSON.stringify({ credsStore: "vault" }));
    const PATH = `${path.dirname(helper)}:${process.env["PATH"]}`;
    return { where: home.with({ DOCKER_CONFIG: home.path("secrets"), PATH }), args: [] };
  },
  "standard input": (password: string) =>
    Promise.resolve({ where: home.with({}, `someone:${password}`), args: ["--creds-stdin", proxy.host] }),
};

/** Arguments and variables of every process that a run consists of: the former everybody on the machine can read. */
async function commandLines(pid: number): Promise<string> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const children = (await read(`task/${pid}/children`)).split(" ").filter((one) => one !== "");
  return [
    await read("cmdline"),
    await read("environ"),
    ...(await Promise.all(children.map((one) => commandLines(Number(one))))),
  ].join("\n");
}

/** Everything that files hold which a run may have written. */
async function written(): Promise<string> {
  const entries = await readdir(home.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.startsWith(home.path("secrets")));
  return (await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), "latin1")))).join("\n");
}

/** Runs a verb and looks for secrets wherever it leaves traces. */
async function discreet(where: MirrorHome, ...args: readonly string[]): Promise<MirrorRun> {
  const { child, ended } = where.start(...args);
  const seen: string[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      seen.push(await commandLines(child.pid ?? 0));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const ran = await ended;
  isOver = true;
  await watching;
  expect(seen.join("\n")).toContain(args[0]);
  const traces = { stdout: ran.stdout, stderr: ran.stderr, processes: seen.join("\n"), files: await written() };
  for (const [name, text] of Object.entries(traces))
    for (const secret of SECRETS) expect(text.includes(secret), `${secret} is in ${name} of ${args[0]}`).toBe(false);
  return ran;
}

const online = ["pull", "push", "diff", "verify", "inventory"] as const;

/** Arguments of a verb that speaks to the registry. */
function argumentsOf(verb: (typeof online)[number]): string[] {
  const to = `${proxy.host}/site`;
  return {
    pull: ["pull", "-o", home.path(`pulled${round}`), "--images", home.path("images.txt")],
    push: ["push", home.path("layout"), "--to", `${to}${round}`],
    inventory: ["inventory", to, "--images", home.path("images.txt"), "-o", home.path(`have${round}.json`)],
    diff: ["diff", home.path("layout"), to],
    verify: ["verify", to, "--layout", home.path("layout"), "--deep"],
  }[verb];
}

describe.each(Object.entries(WAYS))("a password from %s", (_way, tell) => {
  beforeAll(async () => {
    proxy.use(() => undefined);
    await rm(home.path("layout"), { recursive: true, force: true });
    const pulled = await home.run("pull", "-o", home.path("layout"), "--images", home.path("images.txt"));
    expect(pulled.code, pulled.stderr).toBe(0);
    expect((await home.run("push", home.path("layout"), "--to", `${proxy.host}/site`)).code).toBe(0);
  });

  it.each(online)("leaves no trace of %s that succeeds", async (verb) => {
    const { where, args } = await tell(PASSWORD);
    for (const json of [[], ["--json"]]) {
      const ran = await discreet(where, ...argumentsOf(verb), ...args, ...json);
      expect(ran.code, ran.stderr).toBe(0);
    }
  });

  it.each(online)("leaves no trace of %s that is turned away", async (verb) => {
    const { where, args } = await tell(WRONG);
    const ran = await discreet(where, ...argumentsOf(verb), ...args);
    expect(ran.code, ran.stderr).not.toBe(0);
    expect(ran.stderr).toContain("E_");
  });

  it.each(online)("leaves no trace of %s that fails behind the door", async (verb) => {
    const location = `${proxy.origin}/elsewhere?signature=${SIGNATURE}`;
    proxy.use((request) => {
      if (request.path.startsWith("/elsewhere")) return { kind: "answer", status: 400, body: "<Error/>" };
      const isBytes = request.method === "GET" && request.path.includes("/blobs/");
      return signedIn(({ path: asked }) => {
        if (isBytes) return { kind: "answer", status: 307, headers: { location } };
        return asked.startsWith("/v2/site") ? { kind: "answer", status: 403 } : undefined;
      })(request);
    });
    const { where, args } = await tell(PASSWORD);
    const ran = await discreet(where, ...argumentsOf(verb), ...args, "--json");
    expect(ran.code, ran.stderr).not.toBe(0);
  });
});

/** Where the program can be built, which the list of images is made from, and this password is at hand. */
async function wherePrograms(password: string): Promise<MirrorHome> {
  const { DOCKER_CONFIG } = (await WAYS["a file of docker's"](password)).where.env;
  const { KUBEFLOW_MANIFESTS, KUBEFLOW_DOWNLOADS } = process.env;
  return home.with({
    DOCKER_CONFIG,
    ...(KUBEFLOW_MANIFESTS && { KUBEFLOW_MANIFESTS }),
    ...(KUBEFLOW_DOWNLOADS && { KUBEFLOW_DOWNLOADS }),
    // What the program is made of is where it always is.
    XDG_CACHE_HOME: path.dirname(cacheRoot()),
  });
}

describe.each([[[]], [["--json"]]])("verbs that know the stacks, with %j", (json) => {
  it("leave no trace of the password of lock --from, accepted or not", async () => {
    const args = ["lock", "prod", "--from", `${proxy.host}/site`, "-o", home.path("images.lock.json"), ...json];
    const gone = await discreet(await wherePrograms(PASSWORD), ...args);
    expect(gone.code, gone.stderr).toBe(8);
    expect((await discreet(await wherePrograms(WRONG), ...args)).code).toBe(5);
  });

  it("leave no trace of those that doctor finds, in the settings and beside them", async () => {
    const config = home.path("secrets", "Pulumi.site.yaml");
    const pullSecret = `{ username: someone, password: ${SETTING} }`;
    const airGap = `{ registry: "${proxy.host}/site", pullSecret: ${pullSecret} }`;
    await writeFile(config, `config:\n  kubeflow:airGap: ${airGap}\n`);
    for (const password of [PASSWORD, WRONG]) {
      const ran = await discreet(await wherePrograms(password), "doctor", "prod", "--config", config, ...json);
      expect(ran.code, ran.stderr).toBe(1);
      expect(ran.stdout).toContain("mirror");
    }
  });
});

describe("where credentials are at hand that are not needed", () => {
  const stick = () => home.path("stick");
  const archive = () => path.join(stick(), "kubeflow-images.tar");
  it.each<[verb: string, code: number, () => string[]]>([
    ["export", 0, () => ["export", home.path("layout"), "-o", stick()]],
    ["import", 0, () => ["import", archive(), "-o", home.path("imported")]],
    ["verify of a folder", 0, () => ["verify", home.path("layout"), "--deep"]],
    ["gc", 0, () => ["gc", home.path("layout")]],
    ["containerd", 0, () => ["containerd", "--to", `${proxy.host}/site`, "-o", home.path("hosts")]],
    ["list", 0, () => ["list", "--format", "json"]],
    ["lock --check", 0, () => ["lock", "--check"]],
    ["rewrite", 0, () => ["rewrite", "--to", `${proxy.host}/site`]],
    // Of an environment without an air gap.
    ["doctor", 1, () => ["doctor", "dev"]],
    ["bundle create of a file that is none", 1, () => ["bundle", "create", home.path("bundle"), home.path("none")]],
    ["bundle inventory of what is no bundle", 1, () => ["bundle", "inventory", home.path("layout")]],
  ])("%s leaves no trace of them, well or not", async (_verb, code, args) => {
    const where = await wherePrograms(PASSWORD);
    const ran = await discreet(where, ...args());
    expect(ran.code, ran.stderr).toBe(code);
    expect((await discreet(where, ...args(), "--no-such-option")).code).toBe(2);
  });
});
