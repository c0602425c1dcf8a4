import { z } from "zod";
import { defined } from "../../kit/defined.ts";
import { parseJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { checkRealm, describe } from "./address.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials, CredentialSource } from "./credentials.ts";
import { StatusError } from "./failures.ts";
import type { HttpResponse } from "./exchange.ts";
import type { Transport } from "./transport.ts";

/**
 * What a request needs to be allowed: `repository:kubeflow/centraldashboard:pull`, several with spaces between. Empty for
 * the registry itself.
 */
export type Scope = string;

/** Seconds a token lasts that does not say how long: what the protocol lays down. */
const DEFAULT_LIFETIME = 60;
/** A token is renewed this share of its life before its end. */
const MARGIN = 0.1;
const LARGEST_ANSWER = 1024 * 1024;

const tokenSchema = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

interface TokenQuery {
  readonly service?: string;
  readonly scope?: string;
}

interface Token {
  readonly header: string;
  /** Milliseconds since the epoch. */
  readonly renewAt: number;
}

/** Signs in to one registry: answers its challenges and keeps the tokens until shortly before they expire. */
export class Authenticator {
  readonly #host: string;
  readonly #transport: Transport;
  readonly #credentials: CredentialSource;
  readonly #tokens = new Map<Scope, Promise<Token>>();
  #challenge: { readonly challenge: Challenge; readonly from: URL } | undefined;

  constructor(host: string, transport: Transport, credentials: CredentialSource) {
    this.#host = host;
    this.#transport = transport;
    this.#credentials = credentials;
  }

  /** The header for a request, once the registry has asked for one; undefined before. */
  async authorization(scope: Scope, signal?: AbortSignal): Promise<string | undefined> {
    if (this.#challenge === undefined) return undefined;
    const known = await this.#tokens.get(scope);
    if (known !== undefined && Date.now() < known.renewAt) return known.header;
    return this.#renew(scope, signal);
  }

  /**
   * Answers a 401. `used` is the header of the request that was refused: where another request has renewed it meanwhile,
   * that one is taken. Throws MirrorError E_AUTH where the registry wants what cannot be given.
   */
  async answer(response: HttpResponse, url: URL, scope: Scope, used?: string, signal?: AbortSignal): Promise<string> {
    const challenges = parseChallenges(response.header("www-authenticate") ?? "");
    const challenge =
      challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
    if (challenge === undefined) throw this.#refusal(`${this.#host} refuses and does not say how to sign in`);
    this.#challenge = { challenge, from: url };
    const known = await this.#tokens.get(scope)?.catch(() => undefined);
    if (known !== undefined && known.header !== used && Date.now() < known.renewAt) return known.header;
    return this.#renew(scope, signal);
  }

  /** Whether somebody in particular is signed in, rather than anyone. */
  async isKnown(repository: string): Promise<boolean> {
    return (await this.#credentials(this.#host, repository)) !== undefined;
  }

  async #renew(scope: Scope, signal?: AbortSignal): Promise<string> {
    const asked = this.#ask(scope, signal);
    this.#tokens.set(scope, asked);
    try {
      return (await asked).header;
    } catch (error) {
      this.#tokens.delete(scope);
      throw error;
    }
  }

  async #ask(scope: Scope, signal?: AbortSignal): Promise<Token> {
    const { challenge, from } = this.#challenge!;
    const credentials = await this.#credentials(this.#host, scope.split(":")[1] ?? "");
    if (challenge.scheme === "basic") {
      if (credentials?.kind !== "password") throw this.#unknown();
      return { header: basic(credentials), renewAt: Infinity };
    }
    return this.#askForToken(challenge, from, scope, credentials, signal);
  }

  async #askForToken(
    { parameters }: Challenge,
    from: URL,
    scope: Scope,
    credentials: Credentials | undefined,
    signal?: AbortSignal,
  ): Promise<Token> {
    const realm = URL.parse(parameters["realm"] ?? "");
    if (realm === null) throw new MirrorError("E_AUTH", `${this.#host} names no place to sign in at`);
    checkRealm(from, realm);
    const query = defined({ service: parameters["service"], scope: scope === "" ? undefined : scope });
    const asked = Date.now();
    const response = await this.#transport.send({
      ...(credentials?.kind === "identityToken"
        ? exchange(realm, query, credentials.token)
        : login(realm, query, credentials)),
      ...(signal && { signal }),
    });
    const text = (await response.bytes(LARGEST_ANSWER)).toString("utf8");
    if (response.status === 401 || response.status === 403) {
      if (credentials === undefined) throw this.#unknown();
      throw this.#refusal(`${describe(realm)} does not accept the credentials for ${this.#host}`);
    }
    if (response.status !== 200) throw new StatusError(response.status, realm, response, text);
    const { data } = tokenSchema.safeParse(parseJson(text));
    const token = data?.token ?? data?.access_token ?? "";
    if (token === "") throw new MirrorError("E_AUTH", `${describe(realm)} answers without a token`);
    const lifetime = Math.max(data?.expires_in ?? DEFAULT_LIFETIME, 1);
    return { header: `Bearer ${token}`, renewAt: asked + lifetime * (1 - MARGIN) * 1000 };
  }

  #unknown(): MirrorError {
    return this.#refusal(`${this.#host} wants a login, and there are no credentials for it`);
  }

  #refusal(why: string): MirrorError {
    return new MirrorError("E_AUTH", why, { next: `docker login ${this.#host}` });
  }
}

function login(realm: URL, { service, scope }: TokenQuery, credentials: Credentials | undefined) {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const one of scope?.split(" ") ?? []) url.searchParams.append("scope", one);
  const headers = credentials?.kind === "password" ? { authorization: basic(credentials) } : {};
  return { method: "GET", url, headers } as const;
}

function exchange(realm: URL, query: TokenQuery, token: string) {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "kubeflow-mirror",
    refresh_token: token,
    ...query,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", url: realm, headers, body: Buffer.from(form.toString()) } as const;
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
