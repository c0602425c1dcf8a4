import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { at, textAt } from "../../../../components/kit/objects.ts";
import { entranceOf } from "../../../../components/kubeflow/ingress/entrance.ts";
import { entranceFilter } from "../../../../components/kubeflow/ingress/filter.ts";
import { ingressSettings } from "../../../../components/kubeflow/ingress/settings.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { type Header, type LuaFilter, luaFilter } from "../../../kit/envoy.ts";

const HOST = "ml.kubeflow.org";
const CLAIMS = ["kubeflow-userid", "kubeflow_userid", "kubeflow-groups", "kubeflow_groups"];
const acme = { email: "ops@example.com", challenge: "http01" };
const CHALLENGE = "/.well-known/acme-challenge/token";

/** The filter as it is applied with these settings. */
async function filter(settings: object = {}): Promise<LuaFilter> {
  const ingress = ingressSettings.parse({ host: HOST, ...settings });
  const object = entranceFilter(entranceOf(ingress), ingress.hstsSeconds, releases["1.8.1"].entrance);
  const patch = at(object, "spec", "configPatches", 0);
  return luaFilter(textAt(patch, "patch", "value", "typed_config", "inlineCode") ?? "");
}

/** Where a plain request is sent; undefined where it is let through. */
const redirect = (entrance: LuaFilter, path: string | undefined, authority: string | undefined) =>
  entrance.request({
    tls: false,
    headers: Object.entries({ ":path": path, ":authority": authority }).filter(
      (header) => header[1] !== undefined,
    ) as Header[],
  }).answer?.["location"];

const valuesOf = (headers: readonly Header[], name: string) =>
  headers.filter(([each]) => each === name).map(([, value]) => value);

let entrance: LuaFilter;
beforeAll(async () => {
  entrance = await filter();
});

/** What an attacker may write into a header: printable, and what patterns of Lua and addresses are made of. */
const hostile = fc.string({ unit: fc.constantFrom(..."aZ0.-_:/@%?#[]()*+^$;= \t\\\"'<>é") });
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);

describe("a request by HTTPS", () => {
  it.each(CLAIMS)("cannot say who is asking by %s, whatever its case and however often", (claim) => {
    const headers: Header[] = [
      [claim, "admin@example.com"],
      ["accept", "*/*"],
      [claim.toUpperCase(), "admin@example.com"],
    ];
    expect(entrance.request({ tls: true, headers })).toEqual({ headers: [["accept", "*/*"]], answer: undefined });
  });

  it("keeps everything else, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(name, fc.constantFrom(...CLAIMS)), hostile)), (headers) => {
        const rest = headers.filter(([each]) => !CLAIMS.includes(each));
        expect(entrance.request({ tls: true, headers })).toEqual({ headers: rest, answer: undefined });
      }),
    );
  });
});

describe("a request in plain HTTP", () => {
  it.each([
    ["/", HOST],
    ["/pipeline/?ns=a&b=%2F#c", HOST],
    ["//elsewhere.example/", HOST],
    ["/_/jupyter/", `model.team.${HOST}`],
  ])("for %s is sent to the same path of %s", (path, authority) => {
    expect(redirect(entrance, path, authority)).toBe(`https://${authority}${path}`);
  });

  it("is redirected for good, method and body included", () => {
    expect(entrance.request({ tls: false, headers: [[":path", "/"]] }).answer).toMatchObject({ ":status": "308" });
  });

  it.each([
    `${HOST}:80`,
    `${HOST}:8080`,
    `${HOST}:`,
    HOST.toUpperCase(),
    undefined,
    "",
    ":80",
    "203.0.113.7:80",
    "[::1]:8080",
  ])("for the authority %s is sent to the host, without a port", (authority) => {
    expect(redirect(entrance, "/x", authority)).toBe(`https://${HOST}/x`);
  });

  it.each([":80", ":8080", ":"])("for a name below the host with %s is sent to that name, without a port", (port) => {
    expect(redirect(entrance, "/x", `model.team.${HOST}${port}`)).toBe(`https://model.team.${HOST}/x`);
  });

  it("without a path is sent to the first page", () => {
    expect(redirect(entrance, undefined, HOST)).toBe(`https://${HOST}/`);
  });

  it.each([
    "elsewhere.example",
    `elsewhere.example/.${HOST}`,
    `elsewhere.example?.${HOST}`,
    `elsewhere.example#.${HOST}`,
    `user@elsewhere.example:80@x.${HOST}`,
    `${HOST}.elsewhere.example`,
    `elsewhere-${HOST}`,
    HOST.replaceAll(".", "x"),
  ])("for %s does not lead there", (authority) => {
    expect(redirect(entrance, "/", authority)).toBe(`https://${HOST}/`);
  });

  it("leads to the host or to a name below it, and to the path that was asked for, whatever was", () => {
    const below = fc.tuple(hostile, fc.constantFrom(`.${HOST}`, HOST, `${HOST}:80`)).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(hostile, below), hostile, (authority, rest) => {
        const location = redirect(entrance, `/${rest}`, authority) ?? "";
        expect(location.endsWith(`/${rest}`)).toBe(true);
        const origin = location.slice(0, location.length - rest.length - 1);
        expect(origin).toMatch(/^https:\/\/([a-z0-9.-]*\.)?ml\.kubeflow\.org$/);
      }),
    );
  });

  it("says nothing about who is asking either", async () => {
    const answering = await filter({ tls: { mode: "acme", acme } });
    const headers: Header[] = [[":path", CHALLENGE], ...CLAIMS.map((claim): Header => [claim, "admin@example.com"])];
    expect(answering.request({ tls: false, headers })).toEqual({ headers: [[":path", CHALLENGE]], answer: undefined });
  });

  it("for the challenge of an authority goes through, only where one asks by HTTP", async () => {
    const path = (settings: object) => async () => redirect(await filter(settings), CHALLENGE, HOST);
    expect(await path({ tls: { mode: "acme", acme } })()).toBeUndefined();
    const dns01 = { ...acme, challenge: "dns01", dns01: { cloudflare: {} } };
    expect(await path({ tls: { mode: "acme", acme: dns01 } })()).toBe(`https://${HOST}${CHALLENGE}`);
    expect(await path({})()).toBe(`https://${HOST}${CHALLENGE}`);
  });

  it.each(["/", "/.well-known/", "/.well-known/acme-challenge", "/.WELL-KNOWN/acme-challenge/x", `/x${CHALLENGE}`])(
    "for %s does not pass as a challenge",
    async (path) => {
      expect(redirect(await filter({ tls: { mode: "acme", acme } }), path, HOST)).toBe(`https://${HOST}${path}`);
    },
  );
});

describe("an answer by HTTPS", () => {
  const cookies = (...values: string[]) =>
    valuesOf(entrance.response({ tls: true, headers: values.map((value) => ["Set-Cookie", value]) }), "set-cookie");

  it.each([
    ["authservice_session=a; Path=/", "authservice_session=a; Path=/; Secure; SameSite=Lax"],
    ["oidc_state_csrf=a; Path=/", "oidc_state_csrf=a; Path=/; Secure; HttpOnly; SameSite=Lax"],
    ["oidc_state_csrf=a;httponly", "oidc_state_csrf=a;httponly; Secure; SameSite=Lax"],
    ["a=b; SECURE; SameSite=Strict", "a=b; SECURE; SameSite=Strict"],
    ["a=b;\tsecure;samesite = None", "a=b;\tsecure;samesite = None"],
    ["a=b; Path=/secure; Domain=samesite", "a=b; Path=/secure; Domain=samesite; Secure; SameSite=Lax"],
    ["secure=1", "secure=1; Secure; SameSite=Lax"],
    ["a=b; Securely; SameSiteish=1", "a=b; Securely; SameSiteish=1; Secure; SameSite=Lax"],
    ['a="b; secure"', 'a="b; secure"; Secure; SameSite=Lax'],
    ["not_oidc_state_csrf=a", "not_oidc_state_csrf=a; Secure; SameSite=Lax"],
  ])("sets the cookie %s as %s", (given, set) => {
    expect(cookies(given)).toEqual([set]);
  });

  it("sets each cookie once, in order, with what it had, to come by HTTPS and from our own pages", () => {
    fc.assert(
      fc.property(fc.array(hostile.filter((value) => value !== "")), (given) => {
        const set = cookies(...given);
        expect(set).toHaveLength(given.length);
        for (const [position, cookie] of set.entries()) {
          expect(cookie.startsWith(given[position] ?? "")).toBe(true);
          expect(cookie).toMatch(/;\s*secure\s*(;|=|$)/i);
          expect(cookie).toMatch(/;\s*samesite\s*(;|=|$)/i);
        }
        expect(cookies(...set)).toEqual(set);
      }),
    );
  });

  it("keeps every other header, in order", () => {
    const others = name.filter((each) => !["set-cookie", "strict-transport-security"].includes(each));
    fc.assert(
      fc.property(fc.array(fc.tuple(others, hostile)), (headers) => {
        const hsts: Header = ["strict-transport-security", "max-age=31536000"];
        expect(entrance.response({ tls: true, headers })).toEqual([...headers, hsts]);
      }),
    );
  });

  it("tells browsers to come by HTTPS only, for as long as the settings say, whatever the application says", async () => {
    const said = async (settings: object) =>
      valuesOf(
        (await filter(settings)).response({ tls: true, headers: [["Strict-Transport-Security", "max-age=1"]] }),
        "strict-transport-security",
      );
    expect(await said({})).toEqual(["max-age=31536000"]);
    expect(await said({ hstsSeconds: 600 })).toEqual(["max-age=600"]);
    expect(await said({ hstsSeconds: 0 })).toEqual(["max-age=1"]);
  });
});

describe("an answer in plain HTTP", () => {
  it("is left as it is: browsers ignore there what it would be given", () => {
    const headers: Header[] = [
      ["set-cookie", "a=b"],
      ["content-type", "text/plain"],
    ];
    expect(entrance.response({ tls: false, headers })).toEqual(headers);
  });
});
