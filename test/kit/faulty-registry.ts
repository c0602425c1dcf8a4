import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { Layout } from "../../components/mirror/layout/layout.ts";
import { type Outcome, pull } from "../../components/mirror/transfer/pull.ts";
import { push, type PushOptions } from "../../components/mirror/transfer/push.ts";
import { Registries, type RegistryOptions } from "../../components/mirror/registry/index.ts";
import { verifyContent } from "../../components/mirror/verify/content.ts";
import { FaultProxy, type Rule } from "./fault-proxy.ts";
import { makeImage, noise, seed, sha256 } from "./images.ts";
import { type RunningRegistry, startRegistry } from "./registry.ts";

/** Bytes of {@link layer}. */
export const SIZE = 6_000_000;
export const layer = noise("a layer", SIZE);
export const image = makeImage([layer]);
/** Where the registry has the layer. */
export const blobPath = `/v2/app/blobs/${sha256(layer)}`;

/** As in life, but nobody waits. */
export const quick: RegistryOptions = {
  retries: { base: 1, cap: 5 },
  timeouts: { connect: 1000, headers: 1000, idle: 400 },
  env: {},
};

/** A registry that has {@link image} as `app:v1`, behind a proxy with faults, and a folder to pull to. */
export class FaultyRegistry {
  readonly registry: RunningRegistry;
  readonly proxy: FaultProxy;
  readonly folder: string;

  private constructor(registry: RunningRegistry, proxy: FaultProxy, folder: string) {
    this.registry = registry;
    this.proxy = proxy;
    this.folder = folder;
  }

  static async open(): Promise<FaultyRegistry> {
    const registry = await startRegistry();
    await seed(registry.origin, "app", "v1", image);
    const folder = await mkdtemp(path.join(tmpdir(), "mirror-faults-"));
    return new FaultyRegistry(registry, await FaultProxy.before(registry.origin), folder);
  }

  /** Pulls the image through the proxy into the folder. */
  async pulled(rule: Rule, options: Partial<RegistryOptions> = {}): Promise<Outcome> {
    this.proxy.use(rule);
    const registries = new Registries({ ...quick, ...options });
    const layout = await Layout.openOrCreate(this.folder);
    try {
      const wanted = [{ reference: `${this.proxy.host}/app:v1` }];
      return await pull({ wanted, layout, registries, platforms: "all", concurrency: 4, report: () => undefined });
    } finally {
      await Promise.all([registries.close(), layout.close()]);
    }
  }

  /** Pulls without faults, then pushes what is in the folder through the proxy. */
  async pushed(
    rule: Rule,
    to: string,
    options: Partial<RegistryOptions> = {},
    journal?: PushOptions["journal"],
  ): Promise<Outcome> {
    await this.pulled(() => undefined);
    this.proxy.use(rule);
    const registries = new Registries({ ...quick, ...options });
    const content = await Layout.open(this.folder);
    try {
      return await push({
        content,
        to: `${this.proxy.host}/${to}`,
        registries,
        concurrency: 4,
        ...(journal && { journal }),
        ...(options.signal && { signal: options.signal }),
        report: () => undefined,
      });
    } finally {
      await Promise.all([registries.close(), content.close()]);
    }
  }

  /** That a pull has everything, and nothing is in the folder but that. */
  async expectWhole(outcome: Outcome): Promise<void> {
    expect(outcome.failures).toEqual([]);
    const layout = await Layout.open(this.folder);
    const options = { deep: true, concurrency: 2, report: () => undefined };
    expect((await verifyContent(layout, [], options)).failures).toEqual([]);
    await layout.close();
    const files = await readdir(path.join(this.folder, "blobs", "sha256"));
    expect(files.filter((name) => name.includes("."))).toEqual([]);
  }

  /** Empties the folder. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.registry.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
